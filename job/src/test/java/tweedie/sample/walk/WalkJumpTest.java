package tweedie.sample.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tweedie.sample.ChainStart;
import tweedie.sample.walk.Friction.Per;
import tweedie.sample.walk.Integrator.Scheme;
import tweedie.sample.walk.WalkJump.Walked;
import tweedie.score.GaussianMixture;
import tweedie.score.Mixtures;
import tweedie.score.Moments;

class WalkJumpTest {

  private static final long SEED = 1909_05503L;
  private static final JumpObserver NOBODY = (step, images) -> {};

  @ParameterizedTest
  @EnumSource(Scheme.class)
  void aWalkInTwoPartsIsTheWalkInOne(Scheme scheme) {
    GaussianMixture mixture = Mixtures.overlapping(3);
    WalkJump whole = walk(scheme, 3, 6);
    WalkJump half = walk(scheme, 3, 3);
    long[] chains = {4, 9};
    Walked long1 = whole.walk(mixture, SEED, whole.begin(SEED, chains), NOBODY);
    List<Long> steps = new ArrayList<>();
    JumpObserver observer = (step, images) -> steps.add(step);
    WalkState middle = half.walk(mixture, SEED, half.begin(SEED, chains), observer).end();
    Walked parts = half.walk(mixture, SEED, middle, observer);

    assertThat(parts.jump().images()).containsExactly(long1.jump().images());
    assertThat(parts.end().y()).containsExactly(long1.end().y());
    assertThat(parts.end().v()).containsExactly(long1.end().v());
    assertThat(steps).containsExactly(12L, 14L, 16L, 18L, 20L, 22L);
    assertThat(whole.sample(mixture, SEED, chains).images()).containsExactly(long1.jump().images());
  }

  @ParameterizedTest
  @CsvSource({"OVERDAMPED, 23", "ABOBA, 28", "BAOAB, 23"})
  void theDenoiserIsNotAskedTwiceAboutTheSamePlace(Scheme scheme, long calls) {
    assertThat(walk(scheme, 3, 6).sample(Mixtures.overlapping(3), SEED, new long[] {1}).calls())
        .isEqualTo(calls);
  }

  @ParameterizedTest
  @CsvSource({"OVERDAMPED, 0.6", "ABOBA, 0.6", "BAOAB, 0.6", "OVERDAMPED, 1.5", "BAOAB, 1.5"})
  void walksOnAGaussianHaveTheVarianceOfTheScheme(Scheme scheme, double dt) {
    int d = 64;
    int n = 500;
    double s = 0.8;
    double tau = 0.5;
    double lambda = 1 / (tau * tau + s * s);
    WalkJump walk =
        new WalkJump(
            new ChainStart(new double[d], s),
            s,
            new Integrator(scheme, dt, 1, new Friction(Per.STEP, 1)),
            80,
            1,
            1);
    Walked walked =
        walk.walk(Mixtures.gaussian(d, 0, tau), SEED, walk.begin(SEED, Mixtures.ids(n)), NOBODY);
    double expected =
        scheme == Scheme.OVERDAMPED ? 1 / (lambda * (1 - dt * dt * lambda / 4)) : 1 / lambda;

    double tolerance = 4 * Math.sqrt(2.0 / (n * d));
    assertThat(variance(walked.end().y()) / expected).isCloseTo(1, within(tolerance));
    double shrink = tau * tau * lambda;
    assertThat(variance(walked.jump().images()) / (shrink * shrink * expected))
        .isCloseTo(1, within(tolerance));
  }

  @Test
  void aStoppedChainIsNotContinued() {
    GaussianMixture mixture = Mixtures.overlapping(3);
    WalkJump walk = walk(Scheme.BAOAB, 3, 2);
    WalkState begin = walk.begin(SEED, new long[] {4, 5, 6});
    begin.v()[4] = Double.NaN;
    Walked walked = walk.walk(mixture, SEED, begin, NOBODY);
    Walked others = walk.walk(mixture, SEED, walk.begin(SEED, new long[] {4, 6}), NOBODY);

    assertThat(walked.jump().diverged()).containsExactly(5);
    assertThat(walked.end().chains()).containsExactly(4, 6);
    assertThat(walked.end().y()).containsExactly(others.end().y());
    assertThat(walked.end().v()).containsExactly(others.end().v());
  }

  @Test
  void impossibleWalksAreRefused() {
    ChainStart start = new ChainStart(new double[3], 1);
    Integrator fast = new Integrator(Scheme.ABOBA, 2, 1, new Friction(Per.STEP, 1));
    assertThatThrownBy(() -> new WalkJump(start, 1, fast, 0, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "A walk at noise 1.000 with inverse mass 1.000 needs steps below 2.000 to be stable,"
                + " not 2.000");
    assertThatThrownBy(() -> new WalkJump(start, 2, fast, 0, 0, 1))
        .hasMessage(
            "A walk needs at least 0 steps of burn-in, one step a jump and one jump, not 0, 0 and"
                + " 1");
  }

  /** Ten steps of burn-in, then a jump every two steps. */
  private static WalkJump walk(Scheme scheme, int d, int jumps) {
    return new WalkJump(
        new ChainStart(new double[d], 1),
        0.7,
        new Integrator(scheme, 0.4, 1, new Friction(Per.TIME, 0.5)),
        10,
        2,
        jumps);
  }

  private static double variance(double[] values) {
    Moments moments = new Moments();
    for (double value : values) {
      moments.add(value);
    }
    return moments.variance();
  }
}
