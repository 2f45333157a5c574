package tweedie.evaluate.representations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import tweedie.data.DataException;
import tweedie.evaluate.Estimate;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class RelativeDistanceTest {

  @Test
  void whatDoesNotMoveHasTheDistanceZero() {
    assertThat(RelativeDistance.of(new double[3], new double[] {1, 2, 5}))
        .isEqualTo(new Estimate(0, 0, 0));
  }

  /** Pairs of (0, 0), (3, 4), (0, 8) have the squared distances 25, 64, 25. */
  @Test
  void isTheRootOfMeanSquares() {
    Estimate ratio = RelativeDistance.of(new double[] {1, 2, 3}, new double[] {0, 0, 3, 4, 0, 8});
    assertThat(ratio.value()).isCloseTo(Math.sqrt(2 / 38.0), within(1e-12));
    assertThat(ratio.low()).isBetween(0.0, ratio.value());
  }

  @Test
  void intervalsHoldTheTrueRatio() {
    int splits = 400;
    int held = 0;
    for (int split = 0; split < splits; split++) {
      int n = 80;
      Draws draws = Draws.of(8, Purpose.EVALUATION, split, 0);
      double[] rows = new double[3 * n];
      double[] moved = new double[n];
      for (int at = 0; at < rows.length; at++) {
        rows[at] = draws.gaussian();
        moved[at / 3] += Math.pow(0.2 * rows[at] + 0.3 * draws.gaussian(), 2);
      }
      Estimate ratio = RelativeDistance.of(moved, rows);
      double expected = Math.sqrt((0.04 + 0.09) / 2);
      held += ratio.low() <= expected && expected <= ratio.high() ? 1 : 0;
    }
    assertThat(held / (double) splits).isBetween(0.91, 0.98);
  }

  @Test
  void thereMustBeTwoThatDiffer() {
    assertThatThrownBy(() -> RelativeDistance.of(new double[1], new double[] {1, 2}))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "Distances are measured by that of two different images, and there are none among 1");
    assertThatThrownBy(() -> RelativeDistance.of(new double[3], new double[] {0.1, 0.1, 0.1}))
        .isInstanceOf(DataException.class);
  }
}
