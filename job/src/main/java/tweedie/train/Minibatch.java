package tweedie.train;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.data.LabeledImage;
import tweedie.network.NetworkSettings;
import tweedie.score.CopyNoise;

/**
 * Noisy rows and clean labels of some images, as many rows for each image as the objective draws,
 * one after the other.
 *
 * @param images number of images
 * @param origins the image that each row comes from
 * @param noise the noise of each row
 * @param rows the network's rows, [n, row length]
 * @param labels the clean images, or what is to be answered in their place, with their weights, [n,
 *     d + 1]
 */
public record Minibatch(
    int images, List<Origin> origins, List<CopyNoise> noise, float[] rows, float[] labels) {

  /** An image of a shard. */
  public record Origin(String shard, long image) {}

  /** An image with the path of its shard. */
  public record Drawn(LabeledImage image, String shard) {}

  /** The images with the noise that this objective draws for them. */
  public static Minibatch of(List<Drawn> images, Objective objective, NetworkSettings network) {
    List<Objective> terms =
        IntStream.range(0, objective.draws()).mapToObj(objective::ofDraw).toList();
    int n = images.size() * terms.size();
    int rowLength = network.rowLength();
    int labelLength = network.shape().dimension() + 1;
    float[] rows = new float[n * rowLength];
    float[] labels = new float[n * labelLength];
    List<Origin> origins = new ArrayList<>(n);
    List<CopyNoise> noise = new ArrayList<>(n);
    for (Drawn drawn : images) {
      for (Objective term : terms) {
        int i = noise.size();
        CopyNoise ofRow = term.noise(drawn.image().id());
        term.noisyRow(drawn.image(), ofRow, rows, i * rowLength);
        term.label(drawn.image(), ofRow, labels, i * labelLength);
        origins.add(new Origin(drawn.shard(), drawn.image().id()));
        noise.add(ofRow);
      }
    }
    return new Minibatch(images.size(), origins, noise, rows, labels);
  }

  /** Number n of rows. */
  public int size() {
    return origins.size();
  }

  /** {@link #rows} in native memory. */
  public INDArray nativeRows() {
    return Nd4j.createFromArray(rows).reshape(size(), rows.length / size());
  }

  /** {@link #labels} in native memory. */
  public INDArray nativeLabels() {
    return Nd4j.createFromArray(labels).reshape(size(), labels.length / size());
  }
}
