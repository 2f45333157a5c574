package tweedie.sample;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.StatUtils;

/**
 * How well chains have mixed, from one number of each draw: arrays [chains][draws]. Every chain is
 * split into halves, so that a chain that still drifts disagrees with itself (Vehtari et al. 2021,
 * arXiv 1903.08008).
 */
public final class ChainDiagnostics {

  private static final int SHORTEST = 4;

  private ChainDiagnostics() {}

  /**
   * The rank-normalized split R-hat (arXiv 1903.08008, section 4): the larger of that of the draws
   * and that of their distances to the median, which sees chains of different width. 1 if chains
   * agree; the paper asks for less than 1.01. NaN if all draws are the same.
   *
   * @param draws [chains][draws], at least 4 draws a chain
   * @throws IllegalArgumentException if there is no chain, or they differ in length or are too
   *     short, or a draw is not finite
   */
  public static double splitRHat(double[][] draws) {
    double[][] split = split(draws);
    double median = StatUtils.percentile(flat(split).toArray(), 50);
    double[][] folded = map(split, x -> Math.abs(x - median));
    return Math.max(rHat(rankNormalized(split)), rHat(rankNormalized(folded)));
  }

  /**
   * The effective sample size in the bulk, N / tau of the rank-normalized draws (arXiv 1903.08008,
   * section 4.1): how many independent draws know as much about the middle of the distribution.
   *
   * @throws IllegalArgumentException as {@link #splitRHat}
   */
  public static double effectiveSampleSize(double[][] draws) {
    double[][] normal = rankNormalized(split(draws));
    return normal.length * normal[0].length / tau(normal);
  }

  /**
   * The integrated autocorrelation time tau = 1 + 2 sum_t rho_t of the draws: the variance of their
   * mean is tau times that of independent draws. The sum ends by Geyer's initial monotone sequence
   * (Geyer 1992). Chains that disagree make it large.
   *
   * @throws IllegalArgumentException as {@link #splitRHat}
   */
  public static double autocorrelationTime(double[][] draws) {
    return tau(split(draws));
  }

  /** sqrt(var+ / W): the spread of all draws over that within chains. */
  private static double rHat(double[][] chains) {
    return Math.sqrt(pooledVariance(chains) / withinVariance(chains));
  }

  /** W, the mean of the variances of the chains. */
  private static double withinVariance(double[][] chains) {
    return Arrays.stream(chains).mapToDouble(StatUtils::variance).average().orElseThrow();
  }

  /** var+ = (n - 1) / n W + B / n, where B / n is the variance of the means of the chains. */
  private static double pooledVariance(double[][] chains) {
    double n = chains[0].length;
    double[] means = Arrays.stream(chains).mapToDouble(StatUtils::mean).toArray();
    return (n - 1) / n * withinVariance(chains) + StatUtils.variance(means);
  }

  /**
   * tau = -1 + 2 sum_k P_k with P_k = rho_2k + rho_2k+1, as long as P_k &gt; 0 and no larger than
   * the ones before (arXiv 1903.08008, equations 10 to 13).
   */
  private static double tau(double[][] chains) {
    int n = chains[0].length;
    double within = withinVariance(chains);
    double pooled = pooledVariance(chains);
    double[] means = Arrays.stream(chains).mapToDouble(StatUtils::mean).toArray();
    double tau = -1;
    double smallest = Double.POSITIVE_INFINITY;
    for (int lag = 0; lag + 1 < n; lag += 2) {
      double even = lag == 0 ? 1 : 1 - (within - autocovariance(chains, means, lag)) / pooled;
      double odd = 1 - (within - autocovariance(chains, means, lag + 1)) / pooled;
      if (!(even + odd > 0)) {
        break;
      }
      smallest = Math.min(smallest, even + odd);
      tau += 2 * smallest;
    }
    // negative correlation beyond what the paper lets a finite sample claim
    return Math.max(tau, 1 / Math.log10(chains.length * n));
  }

  /** The mean over chains of sum_i (x_i - mean) (x_i+lag - mean) / n. */
  private static double autocovariance(double[][] chains, double[] means, int lag) {
    double sum = 0;
    for (int m = 0; m < chains.length; m++) {
      for (int i = 0; i + lag < chains[m].length; i++) {
        sum += (chains[m][i] - means[m]) * (chains[m][i + lag] - means[m]);
      }
    }
    return sum / (chains.length * chains[0].length);
  }

  /** Both halves of every chain; the middle draw of an odd number is left out. */
  private static double[][] split(double[][] draws) {
    if (draws.length == 0
        || draws[0].length < SHORTEST
        || !Arrays.stream(draws).allMatch(chain -> chain.length == draws[0].length)) {
      throw new IllegalArgumentException(
          "Diagnostics need at least one chain and %d draws in each, as many in all, not chains of %s"
              .formatted(SHORTEST, Arrays.stream(draws).map(chain -> chain.length).toList()));
    }
    if (!flat(draws).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException("Every draw of a chain must be finite");
    }
    int half = draws[0].length / 2;
    return Arrays.stream(draws)
        .flatMap(
            chain ->
                Stream.of(
                    Arrays.copyOf(chain, half),
                    Arrays.copyOfRange(chain, chain.length - half, chain.length)))
        .toArray(double[][]::new);
  }

  /**
   * Phi^-1((r - 3/8) / (S + 1/4)), r the rank of a draw among all S, the mean rank among equal ones
   * (arXiv 1903.08008, equation 14).
   */
  private static double[][] rankNormalized(double[][] chains) {
    int n = chains[0].length;
    double[] all = flat(chains).toArray();
    int[] order =
        IntStream.range(0, all.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> all[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    NormalDistribution normal = new NormalDistribution();
    double[][] normalized = new double[chains.length][n];
    for (int from = 0, to; from < order.length; from = to) {
      to = from + 1;
      while (to < order.length && all[order[to]] == all[order[from]]) {
        to++;
      }
      double rank = (from + 1 + to) / 2.0; // the mean of from + 1..to
      double z = normal.inverseCumulativeProbability((rank - 0.375) / (all.length + 0.25));
      for (int k = from; k < to; k++) {
        normalized[order[k] / n][order[k] % n] = z;
      }
    }
    return normalized;
  }

  private static double[][] map(double[][] chains, DoubleUnaryOperator f) {
    return Arrays.stream(chains)
        .map(chain -> Arrays.stream(chain).map(f).toArray())
        .toArray(double[][]::new);
  }

  private static DoubleStream flat(double[][] chains) {
    return Arrays.stream(chains).flatMapToDouble(Arrays::stream);
  }
}
