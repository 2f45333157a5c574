package tweedie.driver.evaluate.score;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import tweedie.data.ImageRows;
import tweedie.driver.model.DataPosterior;
import tweedie.score.GaussianMixture;
import tweedie.score.PosteriorSums;

/** The best denoiser D* = E[x | y], asked for parts of all noisy images. */
interface BestDenoiser extends Serializable {

  /**
   * D* of noisy images first..first+b-1.
   *
   * @param y these images, [b, d]
   * @param s their noise, [b]
   * @return [b, d]
   */
  double[] denoised(int first, double[] y, double[] s);

  /** The trace of Cov(x | y) of the same images, [b]. */
  double[] traces(int first, double[] y, double[] s);

  /** That of a mixture, in closed form. */
  record OfMixture(GaussianMixture mixture) implements BestDenoiser {

    @Override
    public double[] denoised(int first, double[] y, double[] s) {
      double[] denoised = new double[y.length];
      mixture.denoise(y, s, denoised);
      return denoised;
    }

    @Override
    public double[] traces(int first, double[] y, double[] s) {
      return IntStream.range(0, s.length)
          .mapToDouble(
              i -> mixture.posteriorCovarianceTrace(ImageRows.row(y, i, mixture.dimension()), s[i]))
          .toArray();
    }
  }

  /**
   * What {@link DataPosterior} found.
   *
   * @param all D* of all noisy images
   * @param allTraces of all noisy images
   */
  record OfData(double[] all, double[] allTraces) implements BestDenoiser {

    static OfData of(PosteriorSums sums, NoisyImages noisy) {
      double[] denoised = new double[noisy.y().length];
      sums.denoised(denoised);
      return new OfData(denoised, sums.covarianceTraces());
    }

    @Override
    public double[] denoised(int first, double[] y, double[] s) {
      int d = y.length / s.length;
      return Arrays.copyOfRange(all, first * d, first * d + y.length);
    }

    @Override
    public double[] traces(int first, double[] y, double[] s) {
      return Arrays.copyOfRange(allTraces, first, first + s.length);
    }
  }
}
