package tweedie.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import tweedie.score.FiniteData;
import tweedie.score.Mixtures;
import tweedie.score.Moments;

class SeedScheduleTest {

  private static final long SEED = 25;

  @Test
  void theOriginalDoesNotFollowItsLevels() {
    SeedSchedule original = SeedSchedule.original(new double[2]);

    assertThat(original.levels().values().stream().mapToDouble(s -> s).toArray())
        .containsExactly(new double[] {9.845, 2.920, 0.438, 0.165, 0.071, 0.032}, within(6e-4));
    assertThat(original.predictedVarianceRatios())
        .containsExactly(new double[] {1.00, 10.2, 3.5, 1.00, 1.01, 1.05}, within(0.06));
    assertThat(original.description()).contains("variance ratios up to 10.2");
  }

  @Test
  void measuredVarianceRatioIsThePredictedOne() {
    int d = 500;
    int n = 60;
    SeedSchedule walk =
        new SeedSchedule(
            new ChainStart(new double[d], 3), NoiseLevels.geometric(3, 0.3, 3), 0.02, 20);
    Moments moments = new Moments();
    for (double x : walk.sample(new FiniteData(new double[d], d), SEED, Mixtures.ids(n)).images()) {
      moments.add(x);
    }

    assertThat(moments.variance() / (0.3 * 0.3) / walk.predictedVarianceRatios()[2])
        .isCloseTo(1, within(4 * Math.sqrt(2.0 / (n * d))));
  }

  @Test
  void unstableStepsAndEmptyLevelsAreRefused() {
    ChainStart start = new ChainStart(new double[2], 3);
    NoiseLevels levels = NoiseLevels.geometric(3, 0.1, 3);
    assertThatThrownBy(() -> new SeedSchedule(start, levels, 0.03, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The Langevin step must be between 0 and 0.02000 to be stable at noise 0.1000, not"
                + " 0.03");
    assertThatThrownBy(() -> new SeedSchedule(start, levels, 0.01, 0))
        .hasMessage("There must be at least one Langevin step a level, not 0");
  }
}
