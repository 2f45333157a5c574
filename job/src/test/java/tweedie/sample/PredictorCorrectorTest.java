package tweedie.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.score.Denoiser;
import tweedie.score.FiniteData;
import tweedie.score.Mixtures;
import tweedie.score.Moments;

class PredictorCorrectorTest {

  private static final long SEED = 2011_13456L;

  @Test
  void varianceAfterAPredictionFollowsTheReverseDiffusion() {
    double s = 2;
    double next = 1.5;
    double[] zero = {0};
    double[] one = {1};
    double a = PredictorCorrector.predict(one, new double[] {-1 / (s * s)}, s, next, zero)[0];
    double b = PredictorCorrector.predict(zero, zero, s, next, one)[0];

    assertThat(a).isCloseTo(next * next / (s * s), within(1e-15));
    assertThat(b * b).isCloseTo(s * s - next * next, within(1e-15));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void everyLevelCostsThePredictorAndItsCorrections(int corrections) {
    assertThat(
            new PredictorCorrector(
                    new ChainStart(new double[2], 3),
                    NoiseLevels.geometric(3, 0.1, 20),
                    0.16,
                    corrections)
                .sample(Mixtures.overlapping(2), SEED, new long[] {1})
                .calls())
        .isEqualTo(20 * (1 + corrections));
  }

  @Test
  void correctionsSettleWhereLangevinStepsDo() {
    double snr = 0.4;
    double r = 2 * snr * snr;
    int d = 200;
    int n = 100;
    double s = 0.3;
    Moments seen = new Moments();
    Denoiser point = new FiniteData(new double[d], d);
    Denoiser watched =
        new Denoiser() {
          private int calls;

          @Override
          public int dimension() {
            return d;
          }

          @Override
          public void denoise(double[] y, double[] noise, double[] out) {
            point.denoise(y, noise, out);
            if (++calls == 31) {
              for (double value : y) {
                seen.add(value);
              }
            }
          }
        };
    new PredictorCorrector(
            new ChainStart(new double[d], 2 * s), NoiseLevels.geometric(s, s, 1), snr, 30)
        .sample(watched, SEED, Mixtures.ids(n));

    assertThat(seen.variance() / (s * s) * (1 - r / 2))
        .isCloseTo(1, within(4 * Math.sqrt(2.0 / (n * d))));
  }

  @Test
  void impossibleSettingsAreRefused() {
    ChainStart start = new ChainStart(new double[2], 3);
    NoiseLevels levels = NoiseLevels.geometric(3, 0.1, 20);
    assertThatThrownBy(() -> new PredictorCorrector(start, levels, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The corrector's ratio of signal to noise must be between 0 and 1 to be stable, not"
                + " 1.0");
    assertThatThrownBy(() -> new PredictorCorrector(start, levels, 0.1, -1))
        .hasMessage("The number of corrector steps must be at least 0, not -1");
  }
}
