package tweedie.evaluate;

import java.util.Arrays;

/**
 * How far a denoiser D is from the best one D* = E[x | y] at one noise level, over n noisy images.
 *
 * <p>With s^2 (score + y / s^2) = D the error splits without a rest:
 *
 * <pre>
 *     E|D - x|^2 = E|D* - x|^2 + E|D - D*|^2
 *     error        floor         excess = s^4 E|score of D - true score|^2
 * </pre>
 *
 * <p>The excess is measured as |D - D*|^2 and the floor as tr Cov(x | y), which have the same means
 * as |D - x|^2 - |D* - x|^2 and |D* - x|^2 and scatter less.
 *
 * @param error E|D - x|^2 / d
 * @param floor E tr Cov(x | y) / d
 * @param excess E|D - D*|^2 / d
 * @param fisher the Fisher divergence E|score - true score|^2 of the marginal scores, d excess /
 *     s^4
 * @param relativeFisher the same over E|true score|^2
 */
public record ScoreError(
    Estimate error, Estimate floor, Estimate excess, Estimate fisher, Estimate relativeFisher) {

  /**
   * From numbers of each noisy image.
   *
   * @param s noise of the mean of the copies
   * @param d pixels of an image
   * @param errors |D - x|^2, [n]
   * @param traces tr Cov(x | y), [n]
   * @param apart |D - D*|^2, [n]
   * @param shrunk |D* - y|^2 = s^4 |true score|^2, [n]
   */
  public static ScoreError of(
      double s, int d, double[] errors, double[] traces, double[] apart, double[] shrunk) {
    return new ScoreError(
        mean(errors, 1.0 / d),
        mean(traces, 1.0 / d),
        mean(apart, 1.0 / d),
        mean(apart, Math.pow(s, -4)),
        HalfSamples.ratioOfMeans(apart, shrunk));
  }

  private static Estimate mean(double[] numbers, double scale) {
    return HalfSamples.ofMean(Arrays.stream(numbers).map(number -> scale * number).toArray());
  }
}
