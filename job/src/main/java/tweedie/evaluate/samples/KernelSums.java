package tweedie.evaluate.samples;

import java.io.Serializable;
import java.util.Arrays;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.HalfSamples;

/**
 * Sums of a kernel over pairs of rows of two sets, by the groups of {@link HalfSamples}.
 *
 * <p>The sums over some rows can be added to those over others; the memory does not depend on the
 * number of rows.
 */
public final class KernelSums implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final int GROUPS = HalfSamples.GROUPS;

  private final double[] sums = new double[GROUPS * GROUPS];
  private final long[] pairs = new long[GROUPS * GROUPS];

  /** The cubic kernel k(x, y) = (x . y / d + 1)^3 of two rows with this inner product. */
  public static double cubic(double product, int d) {
    double base = product / d + 1;
    return base * base * base;
  }

  /**
   * Adds a pair of rows.
   *
   * @param i number of the row in the first set
   * @param j number of the row in the second set
   * @param kernel of the two
   */
  public void add(int i, int j, double kernel) {
    int at = HalfSamples.group(i) * GROUPS + HalfSamples.group(j);
    sums[at] += kernel;
    pairs[at]++;
  }

  /** Adds the sums over other pairs. */
  public void add(KernelSums other) {
    for (int at = 0; at < sums.length; at++) {
      sums[at] += other.sums[at];
      pairs[at] += other.pairs[at];
    }
  }

  /** Mean over all pairs, with its interval. */
  public Estimate mean() {
    return HalfSamples.ofNumber(this::mean);
  }

  /** Mean over the pairs of which both rows are in a subset. */
  double mean(int subset) {
    double sum = 0;
    long count = 0;
    for (int g = 0; g < GROUPS; g++) {
      for (int h = 0; h < GROUPS; h++) {
        if (HalfSamples.holds(subset, g) && HalfSamples.holds(subset, h)) {
          sum += sums[g * GROUPS + h];
          count += pairs[g * GROUPS + h];
        }
      }
    }
    return sum / count;
  }

  /** Sum over the pairs with the first row in group {@code g} and the second in {@code h}. */
  double sum(int g, int h) {
    return sums[g * GROUPS + h];
  }

  /** Number of all pairs. */
  long pairs() {
    return Arrays.stream(pairs).sum();
  }
}
