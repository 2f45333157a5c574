package tweedie.driver.evaluate.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import tweedie.data.DataException;

class ScoreLevelsTest {

  @Test
  void levelsFallByOneRatioFromTheLargest() {
    assertThat(ScoreLevels.of(0.01, 1, 3, List.of(1)).levels())
        .containsExactly(new double[] {1, 0.1, 0.01}, within(1e-12));
  }

  @Test
  void withoutARangeTheLargestIsTheOnlyLevel() {
    assertThat(ScoreLevels.of(0.5, 0.5, 7, List.of(1)).levels()).containsExactly(0.5);
    assertThat(ScoreLevels.of(0.1, 0.5, 1, List.of(1)).levels()).containsExactly(0.5);
  }

  @Test
  void eachNoiseOfAMeanIsMeasuredOnce() {
    // 4 copies of noise 1 have a mean of noise 0.5, which is a level too
    ScoreLevels levels = ScoreLevels.of(0.25, 1, 3, List.of(1, 4));

    assertThat(levels.points()).containsExactly(new double[] {0.125, 0.25, 0.5, 1}, within(1e-9));
  }

  @Test
  void aNoiseIsFoundAmongThePoints() {
    ScoreLevels levels = ScoreLevels.of(0.25, 1, 3, List.of(1, 4));

    assertThat(levels.point(0.5 * (1 + 1e-12))).isEqualTo(2);
    assertThat(levels.point(0.125)).isZero();
    assertThat(levels.point(1)).isEqualTo(3);
  }

  @Test
  void aRangeThatIsUpsideDownIsRefused() {
    assertThatThrownBy(() -> ScoreLevels.of(2, 1, 3, List.of(1)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "The score needs tweedie.evaluate.score.sigma-min, 2.0, to be at most sigma-max, 1.0 (where one is 0, it is what was trained)");
  }
}
