package tweedie.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class PairedDifferenceTest {

  @Test
  void differencesThatAgreeHaveAnIntervalOfOnePoint() {
    PairedDifference difference = PairedDifference.of(new double[] {-2, -2, -2}, 1000, 1);
    assertThat(difference.pairs()).isEqualTo(3);
    assertThat(difference.mean()).isCloseTo(-2, within(1e-12));
    assertThat(difference.low()).isCloseTo(-2, within(1e-12));
    assertThat(difference.high()).isCloseTo(-2, within(1e-12));
  }

  /** Means of two draws of {0, 1} are 0, 0.5, 1 with 1/4, 1/2, 1/4: more than the tails. */
  @Test
  void theIntervalOfTwoPairsReachesFromOneToTheOther() {
    PairedDifference difference = PairedDifference.of(new double[] {1, 0}, 1000, 1);
    assertThat(difference.mean()).isEqualTo(0.5);
    assertThat(difference.low()).isZero();
    assertThat(difference.high()).isEqualTo(1);
  }

  /** Of 3 ^ 3 samples of {0, 0, 3}: mean 0 in 8, 1 in 12, 2 in 6, 3 in 1 of 27 = 3.7 %. */
  @Test
  void theIntervalOfThreePairsHoldsTheRareMeanOfMoreThanATail() {
    PairedDifference difference = PairedDifference.of(new double[] {0, 0, 3}, 20_000, 1);
    assertThat(difference.low()).isZero();
    assertThat(difference.high()).isCloseTo(3, within(1e-12));
  }

  @Test
  void theIntervalOfManyIsThatOfTheNormalDistribution() {
    int n = 400;
    Draws draws = Draws.of(3, Purpose.ORACLE, 0, 0);
    double[] differences = new double[n];
    double mean = 0;
    for (int i = 0; i < n; i++) {
      differences[i] = 5 + 2 * draws.gaussian();
      mean += differences[i] / n;
    }
    double variance = 0;
    for (double difference : differences) {
      variance += (difference - mean) * (difference - mean) / n;
    }
    double half = 1.96 * Math.sqrt(variance / n);
    PairedDifference difference = PairedDifference.of(differences, 10_000, 1);
    assertThat(difference.mean()).isCloseTo(mean, within(1e-12));
    assertThat(difference.low()).isCloseTo(mean - half, within(0.05 * half));
    assertThat(difference.high()).isCloseTo(mean + half, within(0.05 * half));
  }

  @Test
  void oneDifferenceHasNoInterval() {
    assertThatThrownBy(() -> PairedDifference.of(new double[] {1}, 1000, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("An interval needs at least 2 pairs, not 1");
  }
}
