package tweedie.evaluate.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.HalfSamples;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class MaximumMeanDiscrepancyTest {

  private static final int D = 3;

  private static double[][] normal(int n, long stream, double mu) {
    Draws draws = Draws.of(1, Purpose.NOISE, stream, 0);
    double[][] rows = new double[n][D];
    for (double[] row : rows) {
      for (int j = 0; j < D; j++) {
        row[j] = mu + draws.gaussian();
      }
    }
    return rows;
  }

  private static KernelSums sums(double[][] a, double[][] b) {
    KernelSums sums = new KernelSums();
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b.length; j++) {
        if (a != b || i != j) {
          sums.add(i, j, KernelSums.cubic(product(a[i], b[j]), D));
        }
      }
    }
    return sums;
  }

  private static double product(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < D; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  private static Estimate between(double[][] a, double[][] b) {
    return MaximumMeanDiscrepancy.squared(sums(a, a), sums(b, b), sums(a, b));
  }

  @Test
  void isZeroInTheMeanForEqualDistributions() {
    Trials.assertZeroInTheMean(
        trial -> between(normal(60, 2 * trial, 0), normal(60, 2 * trial + 1, 0)));
  }

  /** E k of two normal rows with means a and b: from the moments of the inner product. */
  @Test
  void meetsItsClosedFormForShiftedGaussians() {
    // x.y with x ~ N(0, I), y ~ N(mu, I): moments 0, d + |mu|^2, 0; with both shifted: below
    double shift = 2;
    double m = D * shift * shift;
    double xx = 1 + 3.0 * D / (D * D);
    double xy = 1 + 3 * (D + m) / (D * D);
    // x.y = m + mu.(u + v) + u.v with independent standard normal u and v
    double first = m;
    double second = m * m + 2 * m + D;
    double third = m * m * m + 3 * m * (2 * m + D) + 6 * m;
    double yy = 1 + 3 * first / D + 3 * second / (D * D) + third / (D * D * D);
    Estimate estimate = between(normal(1500, 1, 0), normal(1500, 2, shift));
    double expected = xx + yy - 2 * xy;
    assertThat(estimate.value()).isCloseTo(expected, within(0.1 * expected));
    assertThat(expected).isBetween(estimate.low(), estimate.high());
  }

  @Test
  void isTheFormulaOverAllPairs() {
    double[][] a = normal(25, 1, 0);
    double[][] b = normal(25, 2, 1);
    double aa = 0;
    double bb = 0;
    double ab = 0;
    for (int i = 0; i < 25; i++) {
      for (int j = 0; j < 25; j++) {
        aa += i == j ? 0 : Math.pow(product(a[i], a[j]) / D + 1, 3) / (25 * 24);
        bb += i == j ? 0 : Math.pow(product(b[i], b[j]) / D + 1, 3) / (25 * 24);
        ab += Math.pow(product(a[i], b[j]) / D + 1, 3) / (25 * 25);
      }
    }
    assertThat(between(a, b).value()).isCloseTo(aa + bb - 2 * ab, within(1e-9));
  }

  @Test
  void exchangedGroupsAreMeasuredLikeSetsWithTheseRowsExchanged() {
    double[][] a = normal(50, 1, 0);
    double[][] b = normal(50, 2, 0.5);
    boolean[] exchanged = new boolean[HalfSamples.GROUPS];
    for (int g : new int[] {0, 3, 4, 11, 19}) {
      exchanged[g] = true;
    }
    double[][] first = new double[50][];
    double[][] second = new double[50][];
    for (int i = 0; i < 50; i++) {
      boolean exchange = exchanged[HalfSamples.group(i)];
      first[i] = exchange ? b[i] : a[i];
      second[i] = exchange ? a[i] : b[i];
    }
    assertThat(
            MaximumMeanDiscrepancy.squaredExchanged(exchanged, sums(a, a), sums(b, b), sums(a, b)))
        .isCloseTo(between(first, second).value(), within(1e-9));
  }

  @Test
  void pValuesAreUniformForEqualDistributionsAndSmallForOthers() {
    int trials = 60;
    double sum = 0;
    for (int trial = 0; trial < trials; trial++) {
      sum += pValue(normal(45, 2 * trial, 0), normal(45, 2 * trial + 1, 0));
    }
    // the standard deviation of a uniform number is 1 / sqrt(12)
    assertThat(sum / trials).isCloseTo(0.5, within(4 / Math.sqrt(12.0 * trials)));
    assertThat(pValue(normal(200, 1, 0), normal(200, 2, 0.5))).isLessThan(0.001);
    assertThat(pValue(normal(45, 1, 0), normal(45, 1, 0))).isEqualTo(1);
  }

  private static double pValue(double[][] a, double[][] b) {
    return MaximumMeanDiscrepancy.pValue(sums(a, a), sums(b, b), sums(a, b), 7);
  }
}
