package tweedie.evaluate;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * Intervals by balanced half-samples (McCarthy 1969, Review of the International Statistical
 * Institute 37; Wolter 2007, Introduction to Variance Estimation, chapter 3). Row i of every set
 * belongs to group i mod 20. A Hadamard matrix splits the groups 19 times into two halves of ten,
 * so that every two groups are together in as many splits as any other two. A half is an
 * independent sample of half the size: with A and B a number of the halves of a split,
 *
 * <pre>
 *     SE^2 = mean over splits of (A - B)^2 / 4
 * </pre>
 *
 * has the right mean for every number whose variance falls as 1/n. Of a mean it is the variance of
 * the mean of the 20 groups. It needs no smoothness, so that it holds for counts of nearest
 * neighbours, for which a jackknife doubles the standard error; and all sets are split together, so
 * that it is that of drawing all of them anew.
 *
 * <p>Intervals take the 97.5 % quantile t of Student's distribution with 19 degrees of freedom.
 */
public final class HalfSamples {

  /** Number of groups; a set needs at least as many rows. */
  public static final int GROUPS = 20;

  /** Number of splits into two halves. */
  public static final int SPLITS = GROUPS - 1;

  /** Number of subsets: all rows, subset 0, and the halves 2 p + 1 and 2 p + 2 of split p. */
  public static final int SUBSETS = 1 + 2 * SPLITS;

  private static final double UPPER_QUANTILE = 0.975;

  private static final double T = quantile(SPLITS);

  private static final boolean[][] HOLDS = subsets();

  private HalfSamples() {}

  /** Paley's matrix of order 20: which groups each subset holds. */
  private static boolean[][] subsets() {
    boolean[] square = new boolean[SPLITS];
    for (int x = 1; x < SPLITS; x++) {
      square[x * x % SPLITS] = true;
    }
    boolean[][] holds = new boolean[SUBSETS][GROUPS];
    Arrays.fill(holds[0], true);
    for (int split = 0; split < SPLITS; split++) {
      for (int group = 0; group < GROUPS; group++) {
        boolean first = group == 0 || square[(group - 1 - split + SPLITS) % SPLITS];
        holds[2 * split + 1][group] = first;
        holds[2 * split + 2][group] = !first;
      }
    }
    return holds;
  }

  /** The group of a row. */
  public static int group(int row) {
    return row % GROUPS;
  }

  /** Whether a subset holds a group. */
  public static boolean holds(int subset, int group) {
    return HOLDS[subset][group];
  }

  /** How many of the first n rows a subset holds. */
  public static int rows(int subset, int n) {
    return (int) IntStream.range(0, n).filter(row -> holds(subset, group(row))).count();
  }

  /** Fewest rows of which each half has so many. */
  public static int fewest(int inHalf) {
    int groups = GROUPS / 2;
    return GROUPS * Math.max(1, (inHalf + groups - 1) / groups);
  }

  /**
   * The interval of a number, value +- t SE.
   *
   * @param of the number of a subset
   */
  public static Estimate ofNumber(IntToDoubleFunction of) {
    return ofNumber(of, SPLITS);
  }

  /**
   * The same by the first splits only, with the quantile for as many degrees of freedom.
   *
   * @param splits at least 1
   */
  public static Estimate ofNumber(IntToDoubleFunction of, int splits) {
    double value = of.applyAsDouble(0);
    double reach = quantile(splits) * error(of, splits);
    return new Estimate(value, value - reach, value + reach);
  }

  /**
   * The interval of a share of n rows that hang on each other: Wilson's, with as many rows in place
   * of n as independent ones would have this standard error.
   *
   * @param of the share of a subset, in [0, 1]
   */
  public static Estimate ofShare(IntToDoubleFunction of, int n) {
    double share = of.applyAsDouble(0);
    double binomial = share * (1 - share);
    double error = error(of, SPLITS);
    double independent = binomial > 0 ? Math.min(n, binomial / (error * error)) : n;
    return Estimate.ofShare(share, independent, T);
  }

  /**
   * The interval of a distance of two sets, which is positive even where they are drawn from one
   * distribution, and grows as they shrink: from value exp(-t SE / value) to value + t SE. SE^2 is
   * the variance over all 38 halves, and t the quantile for 37 degrees of freedom, since the halves
   * of a split are nearly equal where the whole sets are close by chance.
   *
   * @param of the distance of a subset, at least 0
   */
  public static Estimate ofDistance(IntToDoubleFunction of) {
    double value = of.applyAsDouble(0);
    double[] halves = IntStream.range(1, SUBSETS).mapToDouble(of).toArray();
    double mean = Arrays.stream(halves).average().orElseThrow();
    double variance =
        Arrays.stream(halves).map(half -> (half - mean) * (half - mean)).average().orElseThrow();
    double reach = quantile(halves.length - 1) * Math.sqrt(variance);
    return new Estimate(value, value > 0 ? value * Math.exp(-reach / value) : 0, value + reach);
  }

  /** The mean of one number for each row, with its interval, which ends at 0 where no row does. */
  public static Estimate ofMean(double[] rows) {
    return notBelowZero(ofNumber(mean(rows)), rows);
  }

  /** The mean of one number for each row over the mean of another, with its interval. */
  public static Estimate ratioOfMeans(double[] rows, double[] over) {
    IntToDoubleFunction above = mean(rows);
    IntToDoubleFunction below = mean(over);
    return notBelowZero(
        ofNumber(subset -> above.applyAsDouble(subset) / below.applyAsDouble(subset)), rows);
  }

  private static Estimate notBelowZero(Estimate estimate, double[] rows) {
    return Arrays.stream(rows).allMatch(number -> number >= 0) ? estimate.notBelowZero() : estimate;
  }

  /** The mean of the rows of a subset. */
  private static IntToDoubleFunction mean(double[] rows) {
    double[] sums = new double[GROUPS];
    for (int row = 0; row < rows.length; row++) {
      sums[group(row)] += rows[row];
    }
    return subset ->
        IntStream.range(0, GROUPS)
                .filter(group -> holds(subset, group))
                .mapToDouble(group -> sums[group])
                .sum()
            / rows(subset, rows.length);
  }

  private static double quantile(int degrees) {
    // without a random generator: only its quantile is asked for
    return new TDistribution(null, degrees).inverseCumulativeProbability(UPPER_QUANTILE);
  }

  private static double error(IntToDoubleFunction of, int splits) {
    double squares = 0;
    for (int split = 0; split < splits; split++) {
      double apart = of.applyAsDouble(2 * split + 1) - of.applyAsDouble(2 * split + 2);
      squares += apart * apart;
    }
    return Math.sqrt(squares / (4.0 * splits));
  }
}
