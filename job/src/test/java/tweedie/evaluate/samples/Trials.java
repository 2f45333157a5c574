package tweedie.evaluate.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.IntFunction;
import tweedie.evaluate.Estimate;

/** Repeats an estimate on fresh draws. */
final class Trials {

  private static final int TRIALS = 100;

  private Trials() {}

  /** The estimate is 0 in the mean over trials, and its 95 % intervals nearly always hold 0. */
  static void assertZeroInTheMean(IntFunction<Estimate> ofTrial) {
    double sum = 0;
    double squares = 0;
    int covered = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      Estimate estimate = ofTrial.apply(trial);
      sum += estimate.value() / TRIALS;
      squares += estimate.value() * estimate.value() / TRIALS;
      covered += estimate.low() <= 0 && estimate.high() >= 0 ? 1 : 0;
    }
    double error = Math.sqrt((squares - sum * sum) / TRIALS);
    assertThat(sum).isCloseTo(0, within(4 * error));
    assertThat(covered).isGreaterThanOrEqualTo(85);
  }
}
