package tweedie.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.score.Denoiser;
import tweedie.score.Mixtures;

class OdeSamplerTest {

  private static final long SEED = 2011_13456L;

  @ParameterizedTest
  @CsvSource({"1e-4, 1e-3", "1e-7, 1e-6", "1e-10, 1e-9"})
  void mapOnAGaussianIsExactToTheTolerance(double tolerance, double error) {
    double mu = 0.3;
    double tau = 0.5;
    ChainStart start = new ChainStart(new double[] {mu}, 80);
    double first = start.draw(SEED, new long[] {3})[0];
    double last =
        new OdeSampler(start, 80, 0.01, tolerance)
            .sample(Mixtures.gaussian(1, mu, tau), SEED, new long[] {3})
            .images()[0];

    double flow = Math.hypot(tau, 0.01) / Math.hypot(tau, 80);
    double jump = tau * tau / (tau * tau + 0.01 * 0.01);
    assertThat(Math.abs((last - mu) / (first - mu) / (flow * jump) - 1)).isLessThan(error);
  }

  @Test
  void aSmallerToleranceTakesMoreCalls() {
    Denoiser mixture = Mixtures.overlapping(3);
    ChainStart start = new ChainStart(new double[3], 20);
    long coarse =
        new OdeSampler(start, 20, 0.01, 1e-2).sample(mixture, SEED, Mixtures.ids(9)).calls();
    long fine =
        new OdeSampler(start, 20, 0.01, 1e-8).sample(mixture, SEED, Mixtures.ids(9)).calls();

    assertThat(coarse).isBetween(20L, 100L);
    assertThat(fine).isGreaterThan(2 * coarse);
  }

  @Test
  void callsAreTheMeanOverChains() {
    Denoiser mixture = Mixtures.overlapping(3);
    OdeSampler ode = new OdeSampler(new ChainStart(new double[3], 20), 20, 0.01, 1e-5);
    long sum = 0;
    for (long chain = 0; chain < 9; chain++) {
      sum += ode.sample(mixture, SEED, new long[] {chain}).calls();
    }

    assertThat(ode.sample(mixture, SEED, Mixtures.ids(9)).calls()).isEqualTo((sum + 8) / 9);
  }

  @Test
  void aToleranceBelowTheRoundingOfTheDenoiserIsAnError() {
    Denoiser exact = Mixtures.overlapping(2);
    Denoiser rounded =
        new Denoiser() {
          @Override
          public int dimension() {
            return 2;
          }

          @Override
          public void denoise(double[] y, double[] s, double[] out) {
            exact.denoise(y, s, out);
            for (int j = 0; j < out.length; j++) {
              out[j] = Math.rint(1000 * out[j]) / 1000;
            }
          }
        };
    ChainStart start = new ChainStart(new double[2], 5);
    assertThat(new OdeSampler(start, 5, 0.1, 1e-2).sample(rounded, SEED, Mixtures.ids(2)).chains())
        .hasSize(2);
    assertThatThrownBy(
            () -> new OdeSampler(start, 5, 0.1, 1e-10).sample(rounded, SEED, Mixtures.ids(2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("The ODE of chain 0 cannot be solved to the tolerance 1.0E-10");
  }

  @Test
  void impossibleSettingsAreRefused() {
    ChainStart start = new ChainStart(new double[2], 5);
    assertThatThrownBy(() -> new OdeSampler(start, 1, 2, 1e-3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("level 1 of [1.0, 2.0] is not");
    assertThatThrownBy(() -> new OdeSampler(start, 5, 0.1, 0))
        .hasMessage("The tolerance of the ODE must be a positive number, not 0.0");
  }
}
