package tweedie.train;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.data.LabeledImage;
import tweedie.network.NetworkSettings;
import tweedie.score.CopyNoise;

/**
 * Noisy rows and clean labels of some images.
 *
 * @param origins where each image comes from
 * @param noise the noise of each image
 * @param rows the network's rows, [n, row length]
 * @param labels the clean images with their weights, [n, d + 1]
 */
record Minibatch(List<Origin> origins, List<CopyNoise> noise, float[] rows, float[] labels) {

  /** An image of a shard. */
  record Origin(String shard, long image) {}

  /** An image with the path of its shard. */
  record Drawn(LabeledImage image, String shard) {}

  /** The images with the noise that this objective draws for them. */
  static Minibatch of(List<Drawn> images, Objective objective, NetworkSettings network) {
    int n = images.size();
    int rowLength = network.images() * network.shape().dimension() + 1;
    int labelLength = network.shape().dimension() + 1;
    float[] rows = new float[n * rowLength];
    float[] labels = new float[n * labelLength];
    List<CopyNoise> noise =
        images.stream().map(drawn -> objective.noise(drawn.image().id())).toList();
    for (int i = 0; i < n; i++) {
      LabeledImage image = images.get(i).image();
      objective.noisyRow(image, noise.get(i), rows, i * rowLength);
      objective.label(image, noise.get(i), labels, i * labelLength);
    }
    return new Minibatch(
        images.stream().map(drawn -> new Origin(drawn.shard(), drawn.image().id())).toList(),
        noise,
        rows,
        labels);
  }

  /** Number n of images. */
  int size() {
    return origins.size();
  }

  /** {@link #rows} in native memory. */
  INDArray nativeRows() {
    return Nd4j.createFromArray(rows).reshape(size(), rows.length / size());
  }

  /** {@link #labels} in native memory. */
  INDArray nativeLabels() {
    return Nd4j.createFromArray(labels).reshape(size(), labels.length / size());
  }
}
