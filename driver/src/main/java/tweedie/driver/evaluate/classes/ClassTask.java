package tweedie.driver.evaluate.classes;

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
import tweedie.network.engine.Engines;
import tweedie.score.ConditionalDenoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * A task that finds the class under which each of some images is most likely.
 *
 * <p>-log p(x | k) is at most a constant and 1/2 the integral over ln s of E |D(x + s n, s, k) -
 * x|^2 / s^2 (arXiv 2107.00630, equation 15, without time), a sum over levels in equal steps of ln
 * s; the noise is the same for every class, so that it cancels (diffusion classifier, arXiv
 * 2303.16203).
 *
 * @param levels s, [L]
 * @param noise how often an image is made noisy at each level
 * @param done counts images
 */
record ClassTask(
    Broadcast<RunModel> model,
    double[] levels,
    int noise,
    long seed,
    int threads,
    LongAccumulator done)
    implements Function<RealImages, int[][]> {

  /**
   * The classes of these images.
   *
   * @return label, recognised class of each
   */
  @Override
  public int[][] call(RealImages some) throws IOException {
    Engines.take(threads);
    List<LabeledImage> images = some.read(TaskResources.hadoop());
    double[][] errors = new double[model.value().classes()][images.size()];
    try (ConditionalDenoiser denoiser = model.value().conditional()) {
      for (int level = 0; level < levels.length; level++) {
        for (int draw = 0; draw < noise; draw++) {
          add(images, levels[level], (long) level * noise + draw, denoiser, errors);
        }
      }
    }
    done.add(images.size());
    int[][] classes = new int[images.size()][];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = new int[] {images.get(i).label(), least(errors, i)};
    }
    return classes;
  }

  /** Adds |D - x|^2 / s^2 of each image under each class, [K][n]. */
  private void add(
      List<LabeledImage> images,
      double s,
      long step,
      ConditionalDenoiser denoiser,
      double[][] errors) {
    int n = images.size();
    double[] x = ImageRows.doubles(ImageRows.of(images));
    int d = x.length / n;
    long[] ids = images.stream().mapToLong(LabeledImage::id).toArray();
    double[] y = x.clone();
    for (int i = 0; i < n; i++) {
      Draws draws = Draws.of(seed, Purpose.CLASS, ids[i], -2 - step);
      for (int j = i * d; j < (i + 1) * d; j++) {
        y[j] += s * draws.gaussian();
      }
    }
    double[] noises = new double[n];
    Arrays.fill(noises, s);
    double[] denoised = new double[y.length];
    int[] told = new int[n];
    for (int k = 0; k < errors.length; k++) {
      Arrays.fill(told, k);
      denoiser.forChains(seed, ids).ofClasses(told).denoise(y, noises, denoised);
      for (int j = 0; j < x.length; j++) {
        errors[k][j / d] += (denoised[j] - x[j]) * (denoised[j] - x[j]) / (s * s);
      }
    }
  }

  /** The class of the least error of image i; the first of several. */
  private static int least(double[][] errors, int i) {
    int best = 0;
    for (int k = 1; k < errors.length; k++) {
      best = errors[k][i] < errors[best][i] ? k : best;
    }
    return best;
  }
}
