package tweedie.sample.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tweedie.sample.ChainBatch;
import tweedie.sample.ChainStart;
import tweedie.sample.walk.Friction.Per;
import tweedie.sample.walk.Integrator.Scheme;
import tweedie.score.Copies;
import tweedie.score.CopyNoise;
import tweedie.score.Denoiser;
import tweedie.score.Mixtures;
import tweedie.score.Moments;
import tweedie.score.TweedieFormula;

class OneAtATimeTest {

  private static final long SEED = 2305_19473L;
  private static final Friction FRICTION = new Friction(Per.STEP, 1);

  @ParameterizedTest
  @EnumSource(Scheme.class)
  void oneMeasurementIsOneWalkAndItsJump(Scheme scheme) {
    ChainStart start = new ChainStart(new double[3], 1.2);
    Integrator integrator = new Integrator(scheme, 0.8, 1, FRICTION);
    Denoiser mixture = Mixtures.overlapping(3);

    assertThat(
            new OneAtATime(start, 1, 1, integrator, 7)
                .sample(mixture, SEED, new long[] {2, 3})
                .images())
        .containsExactly(
            new WalkJump(start, 1, integrator, 0, 7, 1)
                .sample(mixture, SEED, new long[] {2, 3})
                .images());
  }

  @Test
  void theScoreOfACopyIsItsShareOfTheJointScore() {
    int k = 4;
    int d = 3;
    Denoiser mixture = Mixtures.overlapping(d);
    CopyNoise noise = new CopyNoise(1.5, k);
    double[] copies = {1, -2, 0.5, 0.3, 0.1, -1, 2, 0, 1, -0.4, 0.9, 1.1};
    double[] last = {-0.4, 0.9, 1.1};
    double[] earlier = {1.1, -1.9 / 3, 0.5 / 3};
    double[] denoised = new double[d];
    mixture.denoise(Copies.mean(copies, k), new double[] {noise.s()}, denoised);
    double[] joint = TweedieFormula.joint(denoised, copies, noise);
    ChainBatch batch =
        new ChainBatch(mixture, new ChainStart(new double[d], 1), SEED, new long[] {0});
    double[] conditional = new OneAtATime.Copy(batch, earlier, k, 1.5).score(last);

    assertThat(conditional)
        .containsExactly(new double[] {joint[9], joint[10], joint[11]}, within(1e-14));
  }

  @ParameterizedTest
  @CsvSource({"1, ABOBA", "4, ABOBA", "4, BAOAB", "9, BAOAB"})
  void jumpsOnAGaussianHaveTheVarianceOfThePosteriorMean(int copies, Scheme scheme) {
    int d = 64;
    int n = 300;
    double sigma = 2;
    double tau = 1;
    Moments moments = new Moments();
    for (double x :
        new OneAtATime(
                new ChainStart(new double[d], sigma),
                sigma,
                copies,
                new Integrator(scheme, 2, 1, FRICTION),
                25)
            .sample(Mixtures.gaussian(d, 0, tau), SEED, Mixtures.ids(n))
            .images()) {
      moments.add(x);
    }
    double s = sigma / Math.sqrt(copies);
    double exact = Math.pow(tau, 4) / (tau * tau + s * s);

    assertThat(moments.variance() / exact).isCloseTo(1, within(4 * Math.sqrt(2.0 / (n * d))));
  }

  @Test
  void levelsFallWithTheSquareRootOfTheNumberOfCopies() {
    OneAtATime four =
        new OneAtATime(
            new ChainStart(new double[2], 6),
            6,
            4,
            new Integrator(Scheme.ABOBA, 3, 1, FRICTION),
            2);

    assertThat(four.levels().values())
        .containsExactly(6.0, 6 / Math.sqrt(2), 6 / Math.sqrt(3), 3.0);
    assertThat(four.sample(Mixtures.overlapping(2), SEED, new long[] {1}).calls())
        .as("two steps and the jump that starts the next copy")
        .isEqualTo(4 * 3);
  }

  @Test
  void impossibleSettingsAreRefused() {
    ChainStart start = new ChainStart(new double[2], 6);
    Integrator integrator = new Integrator(Scheme.ABOBA, 3, 1, FRICTION);
    assertThatThrownBy(() -> new OneAtATime(start, 1.5, 4, integrator, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs steps below 3.000 to be stable, not 3.000");
    assertThatThrownBy(() -> new OneAtATime(start, 6, 0, integrator, 2))
        .hasMessage("There must be at least one noisy copy, not 0");
    assertThatThrownBy(() -> new OneAtATime(start, 6, 4, integrator, 0))
        .hasMessage("There must be at least one step a copy, not 0");
  }
}
