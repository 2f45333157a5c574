package tweedie.driver.evaluate.score;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import tweedie.data.ImageRows;
import tweedie.score.GaussianMixture;

/** The best denoiser D* = E[x | y], asked for parts of all noisy images. */
interface BestDenoiser extends Serializable {

  /**
   * What it makes of noisy images first..first+b-1.
   *
   * @param y these images, [b, d]
   * @param s their noise, [b]
   */
  Answers of(int first, double[] y, double[] s);

  /** That of a mixture, in closed form. */
  record OfMixture(GaussianMixture mixture) implements BestDenoiser {

    @Override
    public Answers of(int first, double[] y, double[] s) {
      double[] denoised = new double[y.length];
      mixture.denoise(y, s, denoised);
      return new Answers(
          denoised,
          IntStream.range(0, s.length)
              .mapToDouble(
                  i ->
                      mixture.posteriorCovarianceTrace(
                          ImageRows.row(y, i, mixture.dimension()), s[i]))
              .toArray());
    }
  }

  /**
   * What is known of noisy images; of all of them, it answers for their parts.
   *
   * @param denoised D*, [n, d]
   * @param traces of Cov(x | y), [n]
   */
  record Answers(double[] denoised, double[] traces) implements BestDenoiser {

    @Override
    public Answers of(int first, double[] y, double[] s) {
      int d = y.length / s.length;
      return new Answers(
          Arrays.copyOfRange(denoised, first * d, first * d + y.length),
          Arrays.copyOfRange(traces, first, first + s.length));
    }
  }
}
