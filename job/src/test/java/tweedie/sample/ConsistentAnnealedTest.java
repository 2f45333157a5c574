package tweedie.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.sample.AnnealedLangevin.Ending;
import tweedie.score.FiniteData;
import tweedie.score.Mixtures;
import tweedie.score.Moments;

class ConsistentAnnealedTest {

  private static final long SEED = 2009_05475L;

  @ParameterizedTest
  @CsvSource({
    "0.3, 0.25, 0, 0.2",
    "0.3, 0.25, 0, 1",
    "0.3, 0.25, 0, 1.8",
    "2, 1.2, 0.7, 0.5",
    "9, 8, 3, 0.12"
  })
  void aStepLeavesExactlyTheNextNoise(double s, double next, double tau, double eta) {
    double shrink = tau * tau / (tau * tau + s * s);
    double[] zero = {0};
    double a =
        ConsistentAnnealed.step(new double[] {1}, new double[] {shrink}, eta, s, next, zero)[0];
    double b = ConsistentAnnealed.step(zero, zero, eta, s, next, new double[] {1})[0];
    double posterior = s * s * shrink;

    assertThat(a * a * (tau * tau + s * s) + b * b)
        .isCloseTo(tau * tau + next * next - eta * eta * posterior, within(1e-12));
  }

  @Test
  void aPointKeepsTheNoiseOfEveryLevel() {
    int d = 784;
    int n = 40;
    NoiseLevels levels = NoiseLevels.karras(2, 0.1, 25, 3); // of many different ratios
    ConsistentAnnealed walk =
        new ConsistentAnnealed(new ChainStart(new double[d], 2), levels, 0.6, Ending.WALK);
    Moments moments = new Moments();
    for (double x : walk.sample(new FiniteData(new double[d], d), SEED, Mixtures.ids(n)).images()) {
      moments.add(x);
    }

    assertThat(moments.variance() / (0.1 * 0.1)).isCloseTo(1, within(4 * Math.sqrt(2.0 / (n * d))));
  }

  @Test
  void aLevelCostsOneCall() {
    assertThat(
            new ConsistentAnnealed(
                    new ChainStart(new double[2], 3),
                    NoiseLevels.geometric(3, 0.1, 40),
                    0.2,
                    Ending.JUMP)
                .sample(Mixtures.overlapping(2), SEED, new long[] {1})
                .calls())
        .isEqualTo(40);
  }

  @ParameterizedTest
  @CsvSource({"0.5", "0.49", "1.5", "-1", "NaN"})
  void stepsThatNoNoiseCanMakeUpForAreRefused(double eta) {
    ChainStart start = new ChainStart(new double[2], 4);
    assertThatThrownBy(
            () ->
                new ConsistentAnnealed(
                    start, new NoiseLevels(List.of(4.0, 3.0, 1.5)), eta, Ending.JUMP))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "The step eta from noise (4.000 to 3.000 must be between 0.2500 and 1.750|3.000 to"
                + " 1.500 must be between 0.5000 and 1.500), not "
                + eta);
    new ConsistentAnnealed(start, new NoiseLevels(List.of(4.0, 3.0, 1.5)), 0.51, Ending.JUMP);
    new ConsistentAnnealed(start, new NoiseLevels(List.of(4.0, 3.0, 1.5)), 1.49, Ending.JUMP);
  }

  @Test
  void theAncestralStepAddsTheNoiseOfThePosteriorOfTheNextLevel() {
    double s = 2;
    double next = 1.5;
    double[] zero = {0};
    double eta = 1 - Math.pow(next / s, 2);
    double b = ConsistentAnnealed.step(zero, zero, eta, s, next, new double[] {1})[0];

    assertThat(b * b).isCloseTo(next * next * (s * s - next * next) / (s * s), within(1e-12));
  }
}
