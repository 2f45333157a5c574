package tweedie.evaluate;

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

  private MaximumMeanDiscrepancy() {}

  /**
   * The discrepancy with its interval.
   *
   * @param xx sums over pairs of different rows of the first set
   * @param yy sums over pairs of different rows of the second set
   * @param xy sums over pairs of a row of each
   */
  public static Estimate squared(KernelSums xx, KernelSums yy, KernelSums xy) {
    double[] without = new double[Jackknife.GROUPS];
    for (int group = 0; group < without.length; group++) {
      without[group] = squaredWithout(group, xx, yy, xy);
    }
    return Jackknife.interval(squaredWithout(-1, xx, yy, xy), without);
  }

  private static double squaredWithout(int group, KernelSums xx, KernelSums yy, KernelSums xy) {
    return xx.meanWithout(group) + yy.meanWithout(group) - 2 * xy.meanWithout(group);
  }
}
