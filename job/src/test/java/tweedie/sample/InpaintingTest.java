package tweedie.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tweedie.sample.AnnealedLangevin.Ending;
import tweedie.score.Denoiser;
import tweedie.score.GaussianMixture;
import tweedie.score.Mixtures;
import tweedie.score.Moments;

class InpaintingTest {

  private static final long SEED = 2011_13456L;
  private static final double RHO = 0.9;
  private static final double X0 = 1.5;
  private static final Inpainting FIRST_OF_TWO =
      new Inpainting(new double[] {X0, Double.NaN}, new boolean[] {true, false});

  @Test
  void knownValuesAreReturnedAndTheOthersDenoised() {
    Denoiser pair = new CorrelatedPair(RHO);
    double[] y = {0.3, -0.7, 2, 1};
    double[] s = {0.5, 3};
    double[] plain = new double[4];
    pair.denoise(y, s, plain);
    FIRST_OF_TWO.of(pair).denoise(y, s, y);

    assertThat(y).containsExactly(X0, plain[1], X0, plain[3]);
  }

  static List<Sampler> samplers() {
    ChainStart start = new ChainStart(new double[2], 10);
    NoiseLevels levels = NoiseLevels.geometric(10, 0.02, 20);
    return List.of(
        new AnnealedLangevin(start, levels, 0.3, 2, Ending.JUMP),
        new ConsistentAnnealed(start, levels, 0.8, Ending.JUMP),
        new Heun(start, NoiseLevels.karras(10, 0.02, 20, 7)),
        new PredictorCorrector(start, levels, 0.16, 1));
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void everySamplerKeepsTheKnownPartAndChangesNothingThatIsIndependentOfIt(Sampler sampler) {
    Denoiser independent = new CorrelatedPair(0);
    double[] free = sampler.sample(independent, SEED, Mixtures.ids(50)).images();
    double[] painted =
        sampler.sample(FIRST_OF_TWO.of(independent), SEED, Mixtures.ids(50)).images();

    for (int i = 0; i < 50; i++) {
      assertThat(painted[2 * i]).isEqualTo(X0, within(0.1));
      if (!(sampler instanceof PredictorCorrector)) { // whose step hangs on the whole score
        assertThat(painted[2 * i + 1]).isCloseTo(free[2 * i + 1], within(1e-12));
      }
    }
  }

  @Test
  void whereItIsKnownAChainHasExactlyTheNoiseOfItsLevel() {
    Sampler walk =
        new ConsistentAnnealed(
            new ChainStart(new double[] {X0, 0}, 10),
            NoiseLevels.geometric(10, 0.5, 12),
            0.8,
            Ending.WALK);
    double[] x =
        walk.sample(FIRST_OF_TWO.of(new CorrelatedPair(RHO)), SEED, Mixtures.ids(20_000)).images();
    Moments known = new Moments();
    for (int i = 0; i < x.length; i += 2) {
      known.add((x[i] - X0) / 0.5);
    }

    assertThat(known.mean()).isCloseTo(0, within(4 / Math.sqrt(20_000)));
    assertThat(known.variance()).isCloseTo(1, within(4 * Math.sqrt(2.0 / 20_000)));
  }

  @Test
  void langevinStepsAtSmallNoiseWalkOnTheConditionalDensity() {
    Sampler walk =
        new AnnealedLangevin(
            new ChainStart(new double[2], 1),
            NoiseLevels.geometric(0.15, 0.1, 2),
            0.5,
            300,
            Ending.JUMP);
    Moments rest = rest(walk, 4000);

    assertThat(rest.mean()).isCloseTo(RHO * X0, within(0.03));
    assertThat(rest.variance()).isCloseTo(1 - RHO * RHO, within(0.03));
  }

  @Test
  void fewStepsKeepWhatWasDecidedAtLargeNoise() {
    ChainStart start = new ChainStart(new double[2], 10);
    NoiseLevels levels = NoiseLevels.geometric(10, 0.01, 40);
    double ode = rest(new Heun(start, NoiseLevels.karras(10, 0.01, 40, 7)), 4000).mean();
    double two = rest(annealed(start, levels, 2), 4000).mean();
    double forty = rest(annealed(start, levels, 40), 4000).mean();

    assertThat(List.of(ode, two, forty, RHO * X0)).isSorted();
    assertThat(ode / (RHO * X0)).isCloseTo(0.49, within(0.05));
    assertThat(forty / (RHO * X0)).isGreaterThan(0.93);
  }

  private static Sampler annealed(ChainStart start, NoiseLevels levels, int steps) {
    double r = AnnealedLangevin.bestStep(levels.largestRatio(), steps);
    return new AnnealedLangevin(start, levels, r, steps, Ending.JUMP);
  }

  private static Moments rest(Sampler sampler, int n) {
    double[] x =
        sampler.sample(FIRST_OF_TWO.of(new CorrelatedPair(RHO)), SEED, Mixtures.ids(n)).images();
    Moments rest = new Moments();
    for (int i = 1; i < x.length; i += 2) {
      rest.add(x[i]);
    }
    return rest;
  }

  @Test
  void manyKnownValuesDecideTheModeOfTheRest() {
    int d = 60;
    double[] left = new double[d];
    double[] right = new double[d];
    Arrays.fill(left, -1);
    Arrays.fill(right, 1);
    GaussianMixture modes =
        new GaussianMixture(
            new double[] {0.9, 0.1}, new double[][] {left, right}, new double[] {0.5, 0.5});
    boolean[] known = new boolean[d];
    Arrays.fill(known, 0, 50, true);
    Inpainting rightHalf = new Inpainting(right, known);
    Sampler sampler =
        annealed(new ChainStart(new double[d], 10), NoiseLevels.geometric(10, 0.05, 30), 3);

    double[] x = sampler.sample(rightHalf.of(modes), SEED, Mixtures.ids(300)).images();

    Moments painted = new Moments();
    for (int i = 0; i < 300; i++) {
      double rest = Arrays.stream(x, i * d + 50, (i + 1) * d).average().orElseThrow();
      assertThat(rest).as("chain %d; -1 is the mode of weight 0.9", i).isPositive();
      painted.add(rest);
    }
    assertThat(painted.mean()).isCloseTo(1, within(0.05));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> new Inpainting(new double[3], new boolean[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("An image of 3 values cannot have a mask of 2");
    assertThatThrownBy(
            () -> new Inpainting(new double[] {0, Double.NaN}, new boolean[] {true, true}))
        .hasMessage("Known value 1 must be finite, not NaN");
    assertThatThrownBy(() -> FIRST_OF_TWO.of(Mixtures.gaussian(3, 0, 1)))
        .hasMessage("An image of 2 values cannot be completed by a denoiser of 3");
  }

  /** Two standard normal values of a given correlation: E[x | y] along and across the diagonal. */
  private record CorrelatedPair(double rho) implements Denoiser {

    @Override
    public int dimension() {
      return 2;
    }

    @Override
    public void denoise(double[] y, double[] s, double[] out) {
      for (int i = 0; i < s.length; i++) {
        double noise = s[i] * s[i];
        double sum = (y[2 * i] + y[2 * i + 1]) / 2 * (1 + rho) / (1 + rho + noise);
        double difference = (y[2 * i] - y[2 * i + 1]) / 2 * (1 - rho) / (1 - rho + noise);
        out[2 * i] = sum + difference;
        out[2 * i + 1] = sum - difference;
      }
    }
  }
}
