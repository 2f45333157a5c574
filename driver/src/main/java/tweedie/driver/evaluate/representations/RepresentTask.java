package tweedie.driver.evaluate.representations;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.ImageRows;
import tweedie.data.LabeledImage;
import tweedie.device.TaskResources;
import tweedie.driver.evaluate.RealImages;
import tweedie.driver.model.RunModel;
import tweedie.evaluate.likelihood.FlowCodes;
import tweedie.network.NetworkDenoiser;
import tweedie.network.engine.Engines;
import tweedie.score.DifferentiableDenoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * A task that encodes images, and looks at them in the middle of the network.
 *
 * @param noise s of the images that the network sees, x + s n, with one n for each image and s
 * @param done counts images
 */
record RepresentTask(
    Broadcast<RunModel> model,
    FlowCodes flow,
    double[] noise,
    long seed,
    int threads,
    LongAccumulator done)
    implements Function<RealImages, Represented> {

  /** Representations that every model has, before those of a network. */
  static final int PIXELS_AND_CODES = 2;

  private static final List<String> NAMES = List.of("pixels", "codes", "middle");

  /** What a representation is of. */
  static String name(int view) {
    return NAMES.get(Math.min(view, PIXELS_AND_CODES));
  }

  @Override
  public Represented call(RealImages some) throws IOException {
    Engines.take(threads);
    List<LabeledImage> images = some.read(TaskResources.hadoop());
    long[] ids = images.stream().mapToLong(LabeledImage::id).toArray();
    float[][] views = new float[PIXELS_AND_CODES + noise.length][];
    views[0] = ImageRows.of(images);
    double[] rows = ImageRows.doubles(views[0]);
    try (DifferentiableDenoiser denoiser = model.value().differentiable()) {
      views[1] = ImageRows.floats(flow.encode(denoiser, rows, seed, ids));
    }
    if (noise.length > 0) {
      try (NetworkDenoiser network = model.value().network()) {
        for (int level = 0; level < noise.length; level++) {
          views[PIXELS_AND_CODES + level] = middle(network, rows, ids, level);
        }
      }
    }
    done.add(ids.length);
    return new Represented(images.stream().mapToInt(LabeledImage::label).toArray(), views);
  }

  private float[] middle(NetworkDenoiser network, double[] rows, long[] ids, int level) {
    int d = rows.length / ids.length;
    double[] s = new double[ids.length];
    Arrays.fill(s, noise[level]);
    double[] y = rows.clone();
    for (int i = 0; i < ids.length; i++) {
      Draws draws = Draws.of(seed, Purpose.REPRESENTATION, ids[i], level);
      for (int j = i * d; j < (i + 1) * d; j++) {
        y[j] += s[i] * draws.gaussian();
      }
    }
    return network.fixedFor(seed, ids).middle(y, s);
  }
}
