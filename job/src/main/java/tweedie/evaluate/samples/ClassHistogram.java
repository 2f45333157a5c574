package tweedie.evaluate.samples;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.Jackknife;

/**
 * The classes of a set of images beside those of the data.
 *
 * @param counts images of each class, [K]
 * @param shares share of each class in the data, [K], with sum 1
 */
public record ClassHistogram(long[] counts, double[] shares) {

  /** The histogram of labels 0..K-1. */
  public static ClassHistogram of(int[] labels, double[] shares) {
    long[] counts = new long[shares.length];
    for (int label : labels) {
      counts[label]++;
    }
    return new ClassHistogram(counts, shares);
  }

  /** Shares of counts. */
  public static double[] shares(long[] counts) {
    double sum = Arrays.stream(counts).sum();
    return Arrays.stream(counts).mapToDouble(count -> count / sum).toArray();
  }

  /** Total variation 1/2 sum_k |q_k - p_k|, in [0, 1], with the interval of the labels given. */
  public static Estimate totalVariation(int[] labels, double[] shares) {
    return Jackknife.of(
        group ->
            of(
                    IntStream.range(0, labels.length)
                        .filter(row -> Jackknife.group(row) != group)
                        .map(row -> labels[row])
                        .toArray(),
                    shares)
                .totalVariation());
  }

  private double totalVariation() {
    double[] seen = shares(counts);
    return IntStream.range(0, seen.length).mapToDouble(k -> Math.abs(seen[k] - shares[k])).sum()
        / 2;
  }

  /**
   * Pearson's sum_k (n_k - n p_k)^2 / (n p_k); infinite where a class is seen that the data do not
   * have.
   */
  public double chiSquare() {
    long n = Arrays.stream(counts).sum();
    double sum = 0;
    for (int k = 0; k < counts.length; k++) {
      double expected = n * shares[k];
      if (expected > 0) {
        sum += (counts[k] - expected) * (counts[k] - expected) / expected;
      } else if (counts[k] > 0) {
        return Double.POSITIVE_INFINITY;
      }
    }
    return sum;
  }

  /** How likely a chi-square at least as large is where the images are drawn from the data. */
  public double pValue() {
    long present = Arrays.stream(shares).filter(share -> share > 0).count();
    double chiSquare = chiSquare();
    if (Double.isInfinite(chiSquare) || present < 2) {
      return chiSquare == 0 ? 1 : 0;
    }
    return 1 - new ChiSquaredDistribution(null, present - 1.0).cumulativeProbability(chiSquare);
  }
}
