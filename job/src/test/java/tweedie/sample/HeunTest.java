package tweedie.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import tweedie.score.Denoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;
import tweedie.score.Mixtures;

class HeunTest {

  private static final long SEED = 2206_00364L;

  @Test
  void mapOnAGaussianIsTheExactOne() {
    assertThat(relativeError(2000)).isLessThan(2e-5);
  }

  @Test
  void errorFallsWithTheSquareOfTheNumberOfLevels() {
    assertThat(relativeError(40) / relativeError(80)).isBetween(3.5, 4.7);
    assertThat(relativeError(80) / relativeError(160)).isBetween(3.5, 4.7);
  }

  @Test
  void eighteenLevelsCostThirtyFiveCalls() {
    Samples samples = heun(18, new double[2]).sample(Mixtures.overlapping(2), SEED, new long[] {1});

    assertThat(samples.calls()).isEqualTo(35);
  }

  @Test
  void fewCallsDrawTheMixture() {
    GaussianMixture mixture =
        new GaussianMixture(
            new double[] {0.8, 0.2}, new double[][] {{-4, -4}, {4, 4}}, new double[] {1, 1});
    int n = 4000;
    double[] images =
        new Heun(new Start(new double[] {-2.4, -2.4}, 40), NoiseLevels.karras(40, 0.01, 30, 7))
            .sample(mixture, SEED, Mixtures.ids(n))
            .images();
    double first = 0;
    for (int i = 0; i < n; i++) {
      first += images[2 * i] + images[2 * i + 1] < 0 ? 1.0 / n : 0;
    }

    assertThat(first).isCloseTo(0.8, within(0.03));
  }

  /**
   * How far the map of x - mu is from tau / sqrt(tau^2 + s_1^2), the flow of Gaussian data N(mu,
   * tau^2) from the largest noise to none.
   */
  private static double relativeError(int levels) {
    double mu = 0.3;
    double tau = 0.5;
    Denoiser gaussian = Mixtures.gaussian(1, mu, tau);
    Heun heun = heun(levels, new double[] {mu});
    double first = heun.start().draw(Draws.of(SEED, Purpose.CHAIN, 3, 0))[0];
    double last = heun.sample(gaussian, SEED, new long[] {3}).images()[0];
    double exact = tau / Math.hypot(tau, heun.start().std());
    return Math.abs((last - mu) / (first - mu) / exact - 1);
  }

  private static Heun heun(int levels, double[] mean) {
    return new Heun(new Start(mean, 80), NoiseLevels.karras(80, 0.002, levels, 7));
  }
}
