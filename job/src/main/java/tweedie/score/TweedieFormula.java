package tweedie.score;

/**
 * Tweedie's formula: what a denoiser says about the gradient of the log density of what it sees.
 *
 * <p>There are two such gradients and they are not interchangeable. With m copies y_i = x + sigma
 * n_i, their mean ybar = x + s n, s = sigma / sqrt(m), and D = E[x | y_1..y_m] = E[x | ybar]:
 *
 * <ul>
 *   <li>the <b>marginal</b> score is the gradient of log p_s at ybar, one vector;
 *   <li>the <b>joint</b> score psi_i is the gradient of log p(y_1..y_m) in copy i, m vectors.
 * </ul>
 *
 * <p>The joint scores sum to the marginal score; their average is 1/m of it.
 */
public final class TweedieFormula {

  private TweedieFormula() {}

  /**
   * The marginal score grad log p_s(ybar) = (D - ybar) / s^2 (Miyasawa 1961; Saremi and Hyvarinen
   * 2019, arXiv 1909.05503).
   *
   * @param denoised posterior means D, [n, d]
   * @param mean means of the copies ybar, [n, d]
   * @param noise of the means; that of a copy is another type
   * @return [n, d]
   * @throws IllegalArgumentException if the two arrays differ in length
   */
  public static double[] marginal(double[] denoised, double[] mean, MeanNoise noise) {
    if (denoised.length != mean.length) {
      throw new IllegalArgumentException(
          "The marginal score needs as many denoised values as noisy ones, not %d and %d"
              .formatted(denoised.length, mean.length));
    }
    double variance = noise.s() * noise.s();
    double[] score = new double[mean.length];
    for (int j = 0; j < score.length; j++) {
      score[j] = (denoised[j] - mean[j]) / variance;
    }
    return score;
  }

  /**
   * The joint scores psi_i = (D - y_i) / sigma^2 of the copies of one image (Saremi and Srivastava
   * 2022, arXiv 2112.09822).
   *
   * @param denoised posterior mean D, [d]
   * @param copies the copies y_i, [m, d]
   * @param noise their number m and the noise sigma of each
   * @return psi, [m, d]
   * @throws IllegalArgumentException if the copies are not m times as long as the posterior mean
   */
  public static double[] joint(double[] denoised, double[] copies, CopyNoise noise) {
    int d = denoised.length;
    if (copies.length != noise.copies() * d) {
      throw new IllegalArgumentException(
          "%d copies of %d pixels have %d values, not %d"
              .formatted(noise.copies(), d, noise.copies() * d, copies.length));
    }
    double sigma = noise.sigma();
    double[] psi = new double[copies.length];
    for (int i = 0; i < noise.copies(); i++) {
      for (int j = 0; j < d; j++) {
        psi[i * d + j] = (denoised[j] - copies[i * d + j]) / (sigma * sigma);
      }
    }
    return psi;
  }
}
