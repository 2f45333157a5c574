package tweedie.evaluate.likelihood;

import tweedie.score.Copies;
import tweedie.score.CopyNoise;

/**
 * The joint density of m noisy copies of one image in its universal form (Saremi, Srivastava and
 * Bach 2023, arXiv 2303.11669): the density of their mean, and that of their spread about it, which
 * does not depend on the image.
 *
 * <pre>
 *   log p(y_1..y_m) = log p_s(ybar) - sum_i |y_i - ybar|^2 / (2 sigma^2)
 *                     - (d/2) (m - 1) ln(2 pi sigma^2) - (d/2) ln m,     s = sigma / sqrt(m)
 * </pre>
 */
public final class CopiesDensity {

  private CopiesDensity() {}

  /**
   * The part of log p(y_1..y_m), in nats, that is not log p_s(ybar).
   *
   * @param copies y_1..y_m, [m, d]
   * @param noise number of copies m and the noise sigma of each
   */
  public static double spread(double[] copies, CopyNoise noise) {
    int m = noise.copies();
    double[] mean = Copies.mean(copies, m);
    int d = mean.length;
    double squares = 0;
    for (int j = 0; j < copies.length; j++) {
      double difference = copies[j] - mean[j % d];
      squares += difference * difference;
    }
    double variance = noise.sigma() * noise.sigma();
    return -squares / (2 * variance)
        - d / 2.0 * ((m - 1) * Math.log(2 * Math.PI * variance) + Math.log(m));
  }
}
