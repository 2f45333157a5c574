package tweedie.evaluate.samples;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.HalfSamples;

/**
 * The classes of a set of images, beside shares that are known or beside another set, which is a
 * sample as well.
 *
 * @param labels of the images, each in 0..K-1
 * @param classes number of classes K
 */
public record ClassHistogram(int[] labels, int classes) {

  /**
   * A chi-square test.
   *
   * @param value the statistic; infinite where a class is seen that has the share 0
   * @param pValue how likely one at least as large is where both are of one distribution
   */
  public record ChiSquare(double value, double pValue) {

    private static ChiSquare of(double value, long classes) {
      if (Double.isInfinite(value) || classes < 2) {
        return new ChiSquare(value, value == 0 ? 1 : 0);
      }
      return new ChiSquare(
          value, 1 - new ChiSquaredDistribution(null, classes - 1.0).cumulativeProbability(value));
    }
  }

  /** Images of each class, [K]. */
  public long[] counts() {
    long[] counts = new long[classes];
    for (int label : labels) {
      counts[label]++;
    }
    return counts;
  }

  /** Share of each class, [K]. */
  public double[] shares() {
    return shares(0);
  }

  private double[] shares(int subset) {
    double[] shares = new double[classes];
    double rows = HalfSamples.rows(subset, labels.length);
    for (int row = 0; row < labels.length; row++) {
      if (HalfSamples.holds(subset, HalfSamples.group(row))) {
        shares[labels[row]] += 1 / rows;
      }
    }
    return shares;
  }

  /** Total variation 1/2 sum_k |q_k - p_k| from known shares p, in [0, 1]. */
  public Estimate totalVariation(double[] known) {
    return totalVariation(subset -> totalVariation(shares(subset), known));
  }

  /** Total variation from the shares of another set, in [0, 1]. */
  public Estimate totalVariation(ClassHistogram other) {
    return totalVariation(subset -> totalVariation(shares(subset), other.shares(subset)));
  }

  private static Estimate totalVariation(IntToDoubleFunction of) {
    Estimate estimate = HalfSamples.ofDistance(of);
    return new Estimate(estimate.value(), estimate.low(), Math.min(1, estimate.high()));
  }

  private static double totalVariation(double[] p, double[] q) {
    return IntStream.range(0, p.length).mapToDouble(k -> Math.abs(p[k] - q[k])).sum() / 2;
  }

  /** Pearson's test of known shares, sum_k (n_k - n p_k)^2 / (n p_k). */
  public ChiSquare chiSquare(double[] known) {
    long[] counts = counts();
    double sum = 0;
    for (int k = 0; k < classes; k++) {
      double expected = labels.length * known[k];
      if (expected > 0) {
        sum += (counts[k] - expected) * (counts[k] - expected) / expected;
      } else if (counts[k] > 0) {
        sum = Double.POSITIVE_INFINITY;
      }
    }
    return ChiSquare.of(sum, Arrays.stream(known).filter(share -> share > 0).count());
  }

  /**
   * The test that two sets of n and m images have the same shares, sum_k (n_k sqrt(m / n) - m_k
   * sqrt(n / m))^2 / (n_k + m_k) over the classes that are seen.
   */
  public ChiSquare chiSquare(ClassHistogram other) {
    long[] counts = counts();
    long[] others = other.counts();
    double ratio = Math.sqrt((double) other.labels.length / labels.length);
    double sum = 0;
    int seen = 0;
    for (int k = 0; k < classes; k++) {
      if (counts[k] + others[k] > 0) {
        double apart = counts[k] * ratio - others[k] / ratio;
        sum += apart * apart / (counts[k] + others[k]);
        seen++;
      }
    }
    return ChiSquare.of(sum, seen);
  }
}
