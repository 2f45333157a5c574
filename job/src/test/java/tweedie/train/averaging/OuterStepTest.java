package tweedie.train.averaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class OuterStepTest {

  private static final double RATE = 0.25;

  @Test
  void withoutMomentumAndWithTheLearningRateOneEveryStrategyIsTheMean() {
    Draws draws = Draws.of(1, Purpose.ORACLE, 0, 0);
    float[] start = new float[1000];
    double[] mean = new double[1000];
    float[] momentum = new float[1000];
    for (int i = 0; i < start.length; i++) {
      start[i] = (float) (draws.gaussian() * Math.pow(10, draws.uniform(-30, 30)));
      mean[i] = draws.gaussian() * Math.pow(10, draws.uniform(-30, 30));
      momentum[i] = (float) draws.gaussian();
    }
    float[] expected = new WeightedMean().after(start, mean, new float[0], RATE).parameters();
    for (int i = 0; i < expected.length; i++) {
      assertThat(expected[i]).isEqualTo((float) mean[i]);
    }
    for (OuterStep step : List.of(new NesterovStep(1, 0), new SlowMomentumStep(1, 0))) {
      assertThat(step.after(start, mean, momentum, RATE).parameters())
          .as("%s", step)
          .isEqualTo(expected);
    }
  }

  @Test
  void nesterovsMomentumIsThatOfDiLoCo() {
    NesterovStep step = new NesterovStep(0.5, 0.5);
    OuterStep.Outcome first = step.after(new float[] {1}, new double[] {2}, new float[1], RATE);
    assertThat(first.momentum()).containsExactly(1);
    assertThat(first.parameters()).as("1 + 0.5 (1 + 0.5 * 1)").containsExactly(1.75f);
    OuterStep.Outcome second =
        step.after(first.parameters(), new double[] {2.75}, first.momentum(), RATE);
    assertThat(second.momentum()).as("0.5 * 1 + 1").containsExactly(1.5f);
    assertThat(second.parameters()).as("1.75 + 0.5 (1 + 0.5 * 1.5)").containsExactly(2.625f);
  }

  @Test
  void slowMomentumIsInTheUnitOfGradients() {
    SlowMomentumStep step = new SlowMomentumStep(0.5, 0.5);
    OuterStep.Outcome first = step.after(new float[] {1}, new double[] {2}, new float[1], RATE);
    assertThat(first.momentum()).as("-1 / 0.25").containsExactly(-4);
    assertThat(first.parameters()).as("1 + 0.5 * 0.25 * 4").containsExactly(1.5f);
    OuterStep.Outcome second =
        step.after(first.parameters(), new double[] {2.5}, first.momentum(), 2 * RATE);
    assertThat(second.momentum()).as("0.5 * -4 - 1 / 0.5").containsExactly(-4);
    assertThat(second.parameters()).as("1.5 + 0.5 * 0.5 * 4").containsExactly(2.5f);
  }

  @Test
  void slowMomentumStandsStillWhereTheLearningRateIsZero() {
    OuterStep.Outcome outcome =
        new SlowMomentumStep(1, 0.5).after(new float[] {3}, new double[] {3}, new float[] {8}, 0);
    assertThat(outcome.parameters()).containsExactly(3);
    assertThat(outcome.momentum()).containsExactly(4);
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "3, 0", "4, 0.2", "7, 0.2", "8, 0.5", "15, 0.5", "16, 0.6", "64, 0.6"})
  void thePublishedSlowMomentumGrowsWithTheWorkers(int workers, double momentum) {
    assertThat(SlowMomentumStep.publishedMomentum(workers)).isEqualTo(momentum);
  }
}
