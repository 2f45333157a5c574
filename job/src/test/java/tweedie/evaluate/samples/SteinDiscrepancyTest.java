package tweedie.evaluate.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.apache.commons.math3.analysis.integration.SimpsonIntegrator;
import org.junit.jupiter.api.Test;
import tweedie.evaluate.Estimate;
import tweedie.score.GaussianMixture;

class SteinDiscrepancyTest {

  private static final GaussianMixture TWO_MODES =
      new GaussianMixture(
          new double[] {0.7, 0.3}, new double[][] {{-1, 0.5}, {1.5, 0}}, new double[] {1, 0.5});
  private static final GaussianMixture NORMAL = normalAround(0, 0);

  private static GaussianMixture normalAround(double first, double second) {
    return new GaussianMixture(
        new double[] {1}, new double[][] {{first, second}}, new double[] {1});
  }

  private static float[] draws(GaussianMixture mixture, long seed, int n) {
    double[] drawn = mixture.sample(seed, LongStream.range(0, n).toArray());
    float[] rows = new float[drawn.length];
    for (int j = 0; j < rows.length; j++) {
      rows[j] = (float) drawn[j];
    }
    return rows;
  }

  private static Estimate between(GaussianMixture mixture, float[] rows) {
    return new SteinDiscrepancy(mixture).sums(rows, 0, rows.length / mixture.dimension()).mean();
  }

  /** The kernel with the operator f -> s f + grad f on both arguments, by differences. */
  @Test
  void aPairCountsAsTheOperatorOnBothArgumentsOfTheKernelSays() {
    SteinDiscrepancy discrepancy = new SteinDiscrepancy(TWO_MODES);
    float[] rows = {0.5f, -0.25f, -0.75f, 1.5f};
    double[] x = {rows[0], rows[1]};
    double[] y = {rows[2], rows[3]};
    double h = 1e-4;
    double expected = 0;
    for (int j = 0; j < 2; j++) {
      double[] right = {j == 0 ? h : 0, j == 1 ? h : 0};
      double[] left = {-right[0], -right[1]};
      double[] none = new double[2];
      double sx = TWO_MODES.marginalScore(x, 0)[j];
      double sy = TWO_MODES.marginalScore(y, 0)[j];
      double byX = (kernel(x, right, y, none) - kernel(x, left, y, none)) / (2 * h);
      double byY = (kernel(x, none, y, right) - kernel(x, none, y, left)) / (2 * h);
      double byBoth =
          (kernel(x, right, y, right)
                  - kernel(x, right, y, left)
                  - kernel(x, left, y, right)
                  + kernel(x, left, y, left))
              / (4 * h * h);
      expected += sx * sy * kernel(x, none, y, none) + sx * byY + sy * byX + byBoth;
    }

    assertThat(discrepancy.sums(rows, 0, 2).mean(0)).isCloseTo(expected, within(1e-6));
  }

  private static double kernel(double[] x, double[] moveX, double[] y, double[] moveY) {
    double squares = 0;
    for (int j = 0; j < 2; j++) {
      squares += Math.pow(x[j] + moveX[j] - y[j] - moveY[j], 2);
    }
    // c^2 = d times the mean variance of the components
    return 1 / Math.sqrt(1 + squares / (2 * (0.7 + 0.3 * 0.25)));
  }

  @Test
  void isZeroInTheMeanForExactDraws() {
    Trials.assertZeroInTheMean(trial -> between(TWO_MODES, draws(TWO_MODES, trial, 80)));
  }

  /**
   * Scores of N(0, I) and N(mu, I) differ by mu everywhere, so KSD^2 = |mu|^2 E k(x, y), where |x -
   * y|^2 / 4 is exponential in the plane.
   */
  @Test
  void meetsItsQuadratureForShiftedGaussians() {
    double expected =
        (0.36 + 0.64)
            * new SimpsonIntegrator()
                .integrate(100_000, t -> Math.exp(-t) / Math.sqrt(1 + 4 * t / 2), 0, 40);
    Estimate estimate = between(NORMAL, draws(normalAround(0.6, -0.8), 1, 2000));

    assertThat(estimate.value()).isCloseTo(expected, within(0.1 * expected));
    assertThat(expected).isBetween(estimate.low(), estimate.high());
  }

  @Test
  void partsAddUpToTheWhole() {
    float[] rows = draws(TWO_MODES, 1, 50);
    SteinDiscrepancy discrepancy = new SteinDiscrepancy(TWO_MODES);
    KernelSums parts = discrepancy.sums(rows, 0, 13);
    parts.add(discrepancy.sums(rows, 13, 50));

    assertThat(parts.mean().value()).isCloseTo(between(TWO_MODES, rows).value(), within(1e-12));
  }
}
