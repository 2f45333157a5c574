package tweedie.evaluate;

import java.util.Arrays;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * The mean of differences within pairs, with the interval that holds the middle 95 % of the means
 * of their bootstrap samples (Efron's percentile interval).
 *
 * @param pairs number of pairs
 * @param mean mean difference
 * @param low lower end of the interval
 * @param high upper end
 */
public record PairedDifference(int pairs, double mean, double low, double high) {

  private static final double TAIL = 0.025;

  /**
   * The interval of these differences.
   *
   * @param differences one for each pair, at least 2
   * @param resamples number of bootstrap samples
   * @param seed of the choice of the samples
   * @throws IllegalArgumentException if there are fewer than 2 differences
   */
  public static PairedDifference of(double[] differences, int resamples, long seed) {
    int n = differences.length;
    if (n < 2) {
      throw new IllegalArgumentException("An interval needs at least 2 pairs, not " + n);
    }
    Draws draws = Draws.of(seed, Purpose.EVALUATION, n, -2);
    double[] means = new double[resamples];
    for (int r = 0; r < resamples; r++) {
      for (int i = 0; i < n; i++) {
        means[r] += differences[draws.below(n)] / n;
      }
    }
    Arrays.sort(means);
    return new PairedDifference(
        n,
        Arrays.stream(differences).average().orElseThrow(),
        quantile(means, TAIL),
        quantile(means, 1 - TAIL));
  }

  /** Linear between the order statistics. */
  private static double quantile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
