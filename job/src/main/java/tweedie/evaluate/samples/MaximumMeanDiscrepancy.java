package tweedie.evaluate.samples;

import tweedie.evaluate.Estimate;
import tweedie.evaluate.HalfSamples;
import tweedie.evaluate.MultipleTests;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * The unbiased squared maximum mean discrepancy with the cubic kernel,
 *
 * <pre>
 *     MMD^2 = mean_{i != j} k(x_i, x_j) + mean_{i != j} k(y_i, y_j) - 2 mean_{i, j} k(x_i, y_j)
 * </pre>
 *
 * 0 in the mean for equal distributions, so it may be negative (Gretton et al. 2012, lemma 6; with
 * features of a network in place of pixels, the kernel inception distance of Binkowski et al. 2018,
 * arXiv 1801.01401).
 */
public final class MaximumMeanDiscrepancy {

  private static final int EXCHANGES = 9999;
  private static final double ROUNDING = 1e-12;

  private MaximumMeanDiscrepancy() {}

  /**
   * The discrepancy with its interval.
   *
   * @param xx sums over pairs of different rows of the first set
   * @param yy sums over pairs of different rows of the second set
   * @param xy sums over pairs of a row of each
   */
  public static Estimate squared(KernelSums xx, KernelSums yy, KernelSums xy) {
    return HalfSamples.ofNumber(subset -> xx.mean(subset) + yy.mean(subset) - 2 * xy.mean(subset));
  }

  /**
   * How likely a discrepancy as far out is where both sets of n rows are drawn from one
   * distribution: twice the smaller of the shares of random exchanges of whole groups of the two
   * sets that bring one at least as large, and one at most as large; the sets as they are counted
   * in. Exact as a permutation test, since the rows are independent and group g of both sets has
   * the same size. A small discrepancy is bad too: rows of one set are copies of the other's.
   *
   * @param seed of the exchanges
   */
  public static double pValue(KernelSums xx, KernelSums yy, KernelSums xy, long seed) {
    boolean[] exchanged = new boolean[HalfSamples.GROUPS];
    // identical sets tie with all their exchanges, but for rounding
    double rounding = ROUNDING * Math.abs(xx.mean(0));
    double measured = squaredExchanged(exchanged, xx, yy, xy);
    int asLarge = 1;
    int asSmall = 1;
    for (int exchange = 1; exchange <= EXCHANGES; exchange++) {
      Draws draws = Draws.of(seed, Purpose.EVALUATION, exchange, 3);
      for (int g = 0; g < exchanged.length; g++) {
        exchanged[g] = draws.below(2) == 1;
      }
      double other = squaredExchanged(exchanged, xx, yy, xy);
      asLarge += other >= measured - rounding ? 1 : 0;
      asSmall += other <= measured + rounding ? 1 : 0;
    }
    return MultipleTests.twoSided(asLarge / (EXCHANGES + 1.0), asSmall / (EXCHANGES + 1.0));
  }

  /** The discrepancy after these groups of the first set have changed places with the second's. */
  static double squaredExchanged(boolean[] exchanged, KernelSums xx, KernelSums yy, KernelSums xy) {
    double within = 0; // over pairs of the first set and over pairs of the second
    double between = 0;
    for (int g = 0; g < exchanged.length; g++) {
      for (int h = 0; h < exchanged.length; h++) {
        if (exchanged[g] == exchanged[h]) {
          within += xx.sum(g, h) + yy.sum(g, h);
          between += xy.sum(g, h);
        } else {
          within += xy.sum(g, h) + xy.sum(h, g);
          between += (xx.sum(g, h) + yy.sum(g, h)) / 2;
        }
      }
    }
    return within / xx.pairs() - 2 * between / xy.pairs();
  }
}
