package tweedie.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.train.AverageProfile.Combination;
import tweedie.train.TrainSettings.Ema;

class AverageProfileTest {

  private static final int BATCH = 10;
  private static final int STEPS = 4000;

  @ParameterizedTest
  @CsvSource({"0.05, 16.97", "0.1, 6.94", "0.25, 0.72"})
  void theExponentHasTheWidthOfThePaper(double length, double exponent) {
    assertThat(AverageProfile.exponent(length)).isCloseTo(exponent, within(0.01));
  }

  @Test
  void theAverageThatWasKeptIsFoundAgain() {
    Ema ema = new Ema(1e9, 0.05);
    double g = Math.log(2) / 0.05 - 1;
    double length = Math.sqrt((g + 1) / (g + 3)) / (g + 2);
    Combination combination = AverageProfile.combine(ema, List.of(100L, 200L, 300L, 400L), length);

    assertThat(combination.error()).isLessThan(1e-4);
    assertThat(combination.factors()).containsExactly(new double[] {0, 0, 0, 1}, within(1e-3));
  }

  /** Weights that walk at random, averaged step by step as training does it. */
  @ParameterizedTest
  @CsvSource({"1e9, 0.05, 0.1", "1e9, 0.05, 0.2", "5000, 0.1, 0.12", "1e9, 0.02, 0.05"})
  void combinedAveragesAreThatOfAllWeights(double halfLife, double rampUp, double length) {
    Ema ema = new Ema(halfLife, rampUp);
    double g = AverageProfile.exponent(length);
    List<Double> kept = new ArrayList<>();
    List<Long> images = new ArrayList<>();
    double weight = 0;
    double average = 0;
    double wanted = 0;
    double apart = 0;
    for (int step = 0; step < STEPS; step++) {
      weight += Draws.of(1, Purpose.NOISE, step, 0).gaussian();
      double decay = ema.decay(BATCH, (double) step * BATCH);
      average = decay * average + (1 - decay) * weight;
      // the same recursion for the power function
      wanted += (1 - Math.pow((double) step / (step + 1), g + 1)) * (weight - wanted);
      if ((step + 1) % (STEPS / 40) == 0) {
        kept.add(average);
        images.add((step + 1L) * BATCH);
      }
      apart = Math.max(apart, Math.abs(weight));
    }
    Combination combination = AverageProfile.combine(ema, images, length);
    double combined = 0;
    for (int i = 0; i < kept.size(); i++) {
      combined += combination.factors()[i] * kept.get(i);
    }

    assertThat(Arrays.stream(combination.factors()).sum()).isCloseTo(1, within(1e-6));
    assertThat(combination.error()).isLessThan(0.13);
    assertThat(combined).isCloseTo(wanted, within(0.01 * apart));
  }

  @Test
  void fewCheckpointsDoNotMakeAShortAverage() {
    List<Long> images = LongStream.rangeClosed(1, 4).mapToObj(i -> i * 1000).toList();

    assertThat(AverageProfile.combine(new Ema(1e9, 0.05), images, 0.02).error()).isGreaterThan(0.3);
    assertThat(AverageProfile.combine(new Ema(1e9, 0.05), images, 0.15).error()).isGreaterThan(0.1);
  }

  @Test
  void anAverageIsShorterThanTheMeanOfAll() {
    assertThatThrownBy(() -> AverageProfile.exponent(0.29))
        .hasMessage(
            "The length of an average must be between 0 and 0.28 of the images seen, not 0.29");
    assertThatThrownBy(() -> AverageProfile.exponent(0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
