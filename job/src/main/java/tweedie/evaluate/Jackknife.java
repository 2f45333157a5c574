package tweedie.evaluate;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * Intervals by the delete-a-group jackknife (Kott 2001, Journal of Official Statistics 17; Efron
 * and Tibshirani 1993, section 11.5): row i of a set belongs to group i mod G; with theta_g the
 * number without group g,
 *
 * <pre>
 *     SE^2 = (G - 1) / G sum_g (theta_g - mean theta)^2
 * </pre>
 *
 * and the interval is the value +- t SE with the 97.5 % quantile t of Student's distribution with G
 * - 1 degrees of freedom.
 */
public final class Jackknife {

  /** Number of groups G; a set needs at least this many rows. */
  public static final int GROUPS = 20;

  private static final double UPPER_QUANTILE = 0.975;

  private Jackknife() {}

  /** The group of a row. */
  public static int group(int row) {
    return row % GROUPS;
  }

  /**
   * The interval around a value.
   *
   * @param withoutGroup the same number without each group, [G]
   */
  public static Estimate interval(double value, double[] withoutGroup) {
    double mean = Arrays.stream(withoutGroup).average().orElseThrow();
    double squares = 0;
    for (double theta : withoutGroup) {
      squares += (theta - mean) * (theta - mean);
    }
    int groups = withoutGroup.length;
    double error = Math.sqrt((groups - 1.0) / groups * squares);
    // without a random generator: only its quantile is asked for
    double t = new TDistribution(null, groups - 1).inverseCumulativeProbability(UPPER_QUANTILE);
    return new Estimate(value, value - t * error, value + t * error);
  }

  /**
   * A number of all rows, with its interval.
   *
   * @param without the number of the rows that are not in a group; of all rows for group -1
   */
  public static Estimate of(IntToDoubleFunction without) {
    return interval(
        without.applyAsDouble(-1), IntStream.range(0, GROUPS).mapToDouble(without).toArray());
  }

  /** The mean of one number for each row, with its interval. */
  public static Estimate ofMean(double[] rows) {
    double[] sums = new double[GROUPS];
    int[] counts = new int[GROUPS];
    for (int i = 0; i < rows.length; i++) {
      sums[group(i)] += rows[i];
      counts[group(i)]++;
    }
    double sum = Arrays.stream(sums).sum();
    double[] without = new double[GROUPS];
    for (int g = 0; g < GROUPS; g++) {
      without[g] = (sum - sums[g]) / (rows.length - counts[g]);
    }
    return interval(sum / rows.length, without);
  }

  /** The mean of one number for each row over the mean of another, with its interval. */
  public static Estimate ratioOfMeans(double[] rows, double[] over) {
    return of(group -> sumWithout(group, rows) / sumWithout(group, over));
  }

  private static double sumWithout(int group, double[] rows) {
    double sum = 0;
    for (int i = 0; i < rows.length; i++) {
      sum += group(i) == group ? 0 : rows[i];
    }
    return sum;
  }
}
