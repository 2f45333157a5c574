package tweedie.ml;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.score.Copies;
import tweedie.score.CopyNoise;
import tweedie.score.Denoiser;

/** Images that a model looks at together, some of them several noisy copies. */
final class ImageBatch {

  private final ImageShape shape;
  private final long seed;
  private final long[] ids;
  private final List<double[]> copies;
  private final double[] sigmas;
  private final double[] means;
  private double[] denoised;

  /**
   * @param ids numbers of the images, which choose the random numbers of their own, [n]
   * @param copies [n][m, d] with m of its own for each
   * @param sigmas noise of each copy, [n]; NaN where it is not known
   */
  ImageBatch(ImageShape shape, long seed, long[] ids, List<double[]> copies, double[] sigmas) {
    this.shape = shape;
    this.seed = seed;
    this.ids = ids;
    this.copies = copies;
    this.sigmas = sigmas;
    this.means =
        ImageRows.joined(
            copies.stream().map(of -> Copies.mean(of, of.length / shape.dimension())).toList());
  }

  ImageShape shape() {
    return shape;
  }

  int dimension() {
    return shape.dimension();
  }

  int count() {
    return ids.length;
  }

  long[] ids() {
    return ids;
  }

  /** Means of the copies, [n, d]. */
  double[] means() {
    return means;
  }

  /** Noise of the means, [n]. */
  double[] noise() {
    double[] noise = new double[ids.length];
    Arrays.setAll(noise, i -> of(i).s());
    return noise;
  }

  private CopyNoise of(int i) {
    return new CopyNoise(sigmas[i], copies.get(i).length / dimension());
  }

  /** The means as images without labels. */
  List<LabeledImage> images() {
    return ImageRows.images(means, ids, shape);
  }

  /** Posterior means, [n, d]; computed once. */
  double[] denoised(Denoiser denoiser) {
    if (denoised == null) {
      denoised = new double[means.length];
      denoiser.forChains(seed, ids).denoise(means, noise(), denoised);
      for (int i = 0; i < ids.length; i++) {
        CopyNoise noise = of(i);
        if (noise.copies() > 1) { // a network of as many copies sees them all
          double[] fused = denoiser.denoise(copies.get(i), noise);
          System.arraycopy(fused, 0, denoised, i * dimension(), dimension());
        }
      }
    }
    return denoised;
  }

  /** The values of each image. */
  Object[][] each(IntFunction<Object[]> values) {
    Object[][] each = new Object[ids.length][];
    Arrays.setAll(each, values);
    return each;
  }
}
