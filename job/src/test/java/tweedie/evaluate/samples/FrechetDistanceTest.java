package tweedie.evaluate.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.samples.FrechetDistance.Moments;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class FrechetDistanceTest {

  private static Moments moments(double[] mean, double... covariance) {
    return new Moments(mean, covariance);
  }

  private static double between(Moments a, Moments b) {
    return new FrechetDistance(a).squared(b);
  }

  @Test
  void ofNormalsThatShareTheirAxesItIsThatOfTheirSpreads() {
    // |mu|^2 + sum (sigma_1 - sigma_2)^2
    Moments a = moments(new double[] {1, -2}, 4, 0, 0, 9);
    Moments b = moments(new double[] {0, 0}, 1, 0, 0, 25);
    assertThat(between(a, b)).isCloseTo(5 + 1 + 4, within(1e-9));
    assertThat(between(b, a)).isCloseTo(10, within(1e-9));
    assertThat(between(a, a)).isCloseTo(0, within(1e-9));
  }

  @Test
  void axesThatAreTurnedCount() {
    // S1 = diag(4, 1), S2 = the same turned by 45 degrees: tr (S1 S2)^(1/2) of a 2x2 matrix is
    // (tr S1 S2 + 2 sqrt(det S1 S2))^(1/2)
    Moments a = moments(new double[2], 4, 0, 0, 1);
    Moments b = moments(new double[2], 2.5, 1.5, 1.5, 2.5);
    assertThat(between(a, b)).isCloseTo(10 - 2 * Math.sqrt(12.5 + 2 * 4), within(1e-9));
  }

  @Test
  void aFeatureThatNeverVariesIsNoObstacle() {
    Moments flat = moments(new double[3], 1, 0, 1, 0, 0, 0, 1, 0, 1);
    Moments full = moments(new double[3], 1, 0, 0, 0, 1, 0, 0, 0, 1);
    // tr (S)^(1/2) of the singular one is sqrt 2
    assertThat(between(flat, full)).isCloseTo(5 - 2 * Math.sqrt(2), within(1e-9));
    assertThat(between(full, flat)).isCloseTo(5 - 2 * Math.sqrt(2), within(1e-9));
  }

  private static float[] normal(int n, int width, long stream, double mu) {
    Draws draws = Draws.of(4, Purpose.NOISE, stream, 0);
    float[] rows = new float[n * width];
    for (int j = 0; j < rows.length; j++) {
      rows[j] = (float) (mu + draws.gaussian());
    }
    return rows;
  }

  private static double[] squared(int n, int width, long stream, double mu) {
    float[] samples = normal(n, width, 2 * stream, mu);
    float[] real = normal(n, width, 2 * stream + 1, 0);
    return IntStream.range(0, FrechetDistance.subsets(width))
        .mapToDouble(
            subset -> between(Moments.of(real, width, subset), Moments.of(samples, width, subset)))
        .toArray();
  }

  @Test
  void momentsAreThoseOfNumPy() {
    float[] rows = {1, 2, 3, 5, 8, 1}; // numpy.cov(rows, rowvar=False)
    Moments moments = Moments.of(rows, 2, 0);
    assertThat(moments.mean()).containsExactly(new double[] {4, 8 / 3.0}, within(1e-12));
    assertThat(moments.covariance())
        .containsExactly(new double[] {13, -3.5, -3.5, 13 / 3.0}, within(1e-12));
  }

  @Test
  void fewerRowsThanFeaturesAreMeasuredToo() {
    assertThat(squared(40, 60, 1, 0)[0]).isPositive().isFinite();
  }

  @Test
  void intervalsHoldTheDistanceAndTheBiasIsTakenOut() {
    int trials = 60;
    int n = 200;
    int width = 10;
    double shift = 0.3;
    double exact = width * shift * shift;
    Estimate[] biased = new Estimate[trials];
    Estimate[] unbiased = new Estimate[trials];
    for (int trial = 0; trial < trials; trial++) {
      double[] found = squared(n, width, trial, shift);
      biased[trial] = FrechetDistance.interval(found);
      unbiased[trial] = FrechetDistance.unbiased(found);
    }
    double mean = Arrays.stream(biased).mapToDouble(Estimate::value).average().orElseThrow();
    double without = Arrays.stream(unbiased).mapToDouble(Estimate::value).average().orElseThrow();
    assertThat(mean).isGreaterThan(exact + 0.05);
    assertThat(without).isCloseTo(exact, within(0.25 * (mean - exact)));
    assertThat(Arrays.stream(biased).filter(e -> e.low() <= mean && mean <= e.high()).count())
        .isGreaterThanOrEqualTo(50);
    assertThat(Arrays.stream(unbiased).filter(e -> e.low() <= exact && exact <= e.high()).count())
        .isGreaterThanOrEqualTo(50);
  }
}
