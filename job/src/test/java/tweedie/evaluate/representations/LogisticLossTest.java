package tweedie.evaluate.representations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class LogisticLossTest {

  /** Three classes of points in three dimensions, far from separable. */
  private static LogisticLoss loss(double ridge) {
    Draws draws = Draws.of(1, Purpose.EVALUATION, 0, 0);
    int[] labels = new int[60];
    double[] rows = new double[3 * labels.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 3;
      for (int j = 0; j < 3; j++) {
        rows[3 * i + j] = draws.gaussian() + (j == labels[i] ? 1 : 0);
      }
    }
    return new LogisticLoss(rows, labels, 3, ridge);
  }

  private static double[] weights(LogisticLoss loss) {
    Draws draws = Draws.of(2, Purpose.EVALUATION, 0, 0);
    double[] weights = new double[loss.size()];
    Arrays.setAll(weights, j -> draws.gaussian());
    return weights;
  }

  @Test
  void theGradientIsTheDerivative() {
    LogisticLoss loss = loss(0.3);
    double[] weights = weights(loss);
    double[] gradient = new double[weights.length];
    loss.at(weights, gradient);
    for (int j = 0; j < weights.length; j++) {
      double[] more = weights.clone();
      double[] less = weights.clone();
      more[j] += 1e-5;
      less[j] -= 1e-5;
      double[] ignored = new double[weights.length];
      assertThat(gradient[j])
          .isCloseTo((loss.at(more, ignored) - loss.at(less, ignored)) / 2e-5, within(1e-8));
    }
  }

  @Test
  void theGradientVanishesAtTheMinimumWhereverItBegins() {
    LogisticLoss loss = loss(0.01);
    double[] fromZero = Lbfgs.minimum(loss, new double[loss.size()]);
    double[] fromElsewhere = Lbfgs.minimum(loss, weights(loss));
    double[] gradient = new double[loss.size()];
    double least = loss.at(fromZero, gradient);

    assertThat(gradient).containsOnly(new double[gradient.length], within(1e-5));
    for (int k = 0; k < 3; k++) { // biases are free, and only their differences matter
      for (int j = 0; j < 3; j++) {
        assertThat(fromElsewhere[4 * k + j]).isCloseTo(fromZero[4 * k + j], within(5e-3));
      }
    }
    assertThat(least).isLessThan(loss.at(new double[loss.size()], gradient));
  }

  @Test
  void weightsOfZeroSayNothing() {
    LogisticLoss loss = loss(0.3);
    double[] zeros = new double[loss.size()];
    assertThat(loss.at(zeros, new double[zeros.length])).isCloseTo(Math.log(3), within(1e-12));
    assertThat(loss.crossEntropy(zeros)).isCloseTo(Math.log(3), within(1e-12));
    assertThat(loss.right(zeros)).isEqualTo(20); // the first class
  }

  /** Labels drawn with p = 1 / (1 + exp(-(2 x - y + 0.5))): regression finds these numbers. */
  @Test
  void findsTheDirectionThatClassesHangOn() {
    int n = 20_000;
    Draws draws = Draws.of(3, Purpose.EVALUATION, 0, 0);
    double[] rows = new double[2 * n];
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      rows[2 * i] = draws.gaussian();
      rows[2 * i + 1] = draws.gaussian();
      double score = 2 * rows[2 * i] - rows[2 * i + 1] + 0.5;
      labels[i] = draws.uniform() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
    }
    LogisticLoss loss = new LogisticLoss(rows, labels, 2, 1e-7);
    double[] weights = Lbfgs.minimum(loss, new double[loss.size()]);

    double tolerance = 0.12; // 4 standard errors
    assertThat(weights[3] - weights[0]).isCloseTo(2, within(tolerance));
    assertThat(weights[4] - weights[1]).isCloseTo(-1, within(tolerance));
    assertThat(weights[5] - weights[2]).isCloseTo(0.5, within(tolerance));
  }
}
