package tweedie.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import tweedie.score.Denoiser;
import tweedie.score.Mixtures;
import tweedie.score.Moments;

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
  void churnOutsideItsLevelsChangesNothing() {
    Heun plain = heun(18, new double[2]);
    Heun outside = new Heun(plain.start(), plain.levels(), new Churn(30, 81, 100, 1));
    Heun inside = new Heun(plain.start(), plain.levels(), new Churn(30, 1, 50, 1));
    Denoiser mixture = Mixtures.overlapping(2);
    double[] images = plain.sample(mixture, SEED, Mixtures.ids(5)).images();

    assertThat(plain.churn()).isEqualTo(Churn.NONE);
    assertThat(outside.sample(mixture, SEED, Mixtures.ids(5)).images()).containsExactly(images);
    assertThat(inside.sample(mixture, SEED, Mixtures.ids(5)).images()).isNotEqualTo(images);
    assertThat(inside.sample(mixture, SEED, Mixtures.ids(5)).calls()).isEqualTo(35);
  }

  @Test
  void churnGrowsTheNoiseByItsShareAndNotBeyondTheLimit() {
    Churn churn = new Churn(5, 0.1, 2, 1);

    assertThat(churn.growth(1, 50)).isEqualTo(0.1);
    assertThat(churn.growth(1, 10)).isEqualTo(Math.sqrt(2) - 1);
    assertThat(churn.growth(0.09, 50)).isZero();
    assertThat(churn.growth(2.1, 50)).isZero();
  }

  @Test
  void churnAddsTheNoiseThatTheDenoiserIsTold() {
    double tau = 0.7;
    double s = 0.5;
    double larger = 1.2 * s;
    int d = 64;
    int n = 500;
    Heun oneStep =
        new Heun(
            new ChainStart(new double[d], Math.hypot(tau, s)),
            NoiseLevels.geometric(s, s, 1),
            new Churn(0.2, 0, 1, 1));
    Moments moments = new Moments();
    for (double x : oneStep.sample(Mixtures.gaussian(d, 0, tau), SEED, Mixtures.ids(n)).images()) {
      moments.add(x);
    }

    double exact = Math.pow(tau, 4) / (tau * tau + larger * larger);
    assertThat(moments.variance() / exact).isCloseTo(1, within(4 * Math.sqrt(2.0 / (n * d))));
  }

  @Test
  void impossibleChurnIsRefused() {
    assertThatThrownBy(() -> new Churn(-1, 0, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The churn must be a number that is at least 0, not -1.0");
    assertThatThrownBy(() -> new Churn(1, 2, 1, 1))
        .hasMessage("Churn must act from a smaller to a larger noise level, not from 2.0 to 1.0");
    assertThatThrownBy(() -> new Churn(1, 0, 1, 0))
        .hasMessage("The factor on the noise of the churn must be a positive number, not 0.0");
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
    double first = heun.start().draw(SEED, new long[] {3})[0];
    double last = heun.sample(gaussian, SEED, new long[] {3}).images()[0];
    double exact = tau / Math.hypot(tau, heun.start().noise());
    return Math.abs((last - mu) / (first - mu) / exact - 1);
  }

  private static Heun heun(int levels, double[] mean) {
    return new Heun(new ChainStart(mean, 80), NoiseLevels.karras(80, 0.002, levels, 7));
  }
}
