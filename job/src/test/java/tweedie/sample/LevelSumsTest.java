package tweedie.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tweedie.sample.AnnealedLangevin.Ending;
import tweedie.sample.walk.Friction;
import tweedie.sample.walk.Integrator;
import tweedie.sample.walk.Integrator.Scheme;
import tweedie.sample.walk.WalkJump;
import tweedie.score.FiniteData;
import tweedie.score.Mixtures;

class LevelSumsTest {

  private static final int D = 400;
  private static final int N = 50;

  static Stream<Sampler> samplers() {
    ChainStart start = new ChainStart(new double[D], 3);
    NoiseLevels levels = NoiseLevels.geometric(3, 0.3, 8);
    Integrator walk = new Integrator(Scheme.BAOAB, 0.3, 1, new Friction(Friction.Per.STEP, 1));
    return Stream.of(
        new AnnealedLangevin(start, levels, 0.3, 1, Ending.JUMP),
        new AnnealedLangevin(start, levels, 0.2, 4, Ending.JUMP),
        new ConsistentAnnealed(start, levels, 0.5, Ending.JUMP),
        new PredictorCorrector(start, levels, 0.3, 2),
        new PredictorCorrector(start, levels, 0.3, 0),
        new SeedSchedule(start, levels, 0.02, 3),
        new Heun(start, levels),
        new Heun(start, levels, new Churn(2, 0, 10, 1)),
        new OdeSampler(start, 3, 0.3, 1e-6),
        new WalkJump(start, 0.3, walk, 200, 5, 2));
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void theNormOfAPointsScoreIsThatOfThePredictedNoise(Sampler sampler) {
    List<LevelSums> sums = new ArrayList<>();
    sampler.sample(
        new FiniteData(new double[D], D), 1, Mixtures.ids(N), end -> sums.add(LevelSums.of(end)));

    double[] predicted = sampler.predictedVarianceRatios();
    for (int level = 0; level < predicted.length; level++) {
      assertThat(sums.get(level).scoreNorm() / Math.sqrt(predicted[level]))
          .as("at noise %s", sums.get(level).s())
          .isCloseTo(1, within(4 / Math.sqrt(2.0 * N * D)));
    }
  }

  @Test
  void batchesAddUpAndStoppedChainsDoNotCount() {
    boolean[] none = {false, false};
    double[] y = {1, 1, 3, 3};
    double[] denoised = {0, 0, 0, 0};
    LevelEnd.Call call = new LevelEnd.Call(y, 2, denoised);
    LevelEnd both = new LevelEnd(0, 2, 1, new long[] {5, 6}, none, denoised, y, call);
    LevelEnd second =
        new LevelEnd(0, 2, 1, new long[] {5, 6}, new boolean[] {true, false}, denoised, y, call);

    assertThat(LevelSums.of(both)).isEqualTo(new LevelSums(2, 2, 1 + 9, (1 + 9) / 4.0));
    assertThat(LevelSums.of(second)).isEqualTo(new LevelSums(2, 1, 9, 9 / 4.0));
    LevelSums all = LevelSums.of(both).plus(LevelSums.of(second));
    assertThat(all.chains()).isEqualTo(3);
    assertThat(all.meanSquaredMove()).isEqualTo(19 / 3.0);
    assertThat(all.scoreNorm()).isEqualTo(Math.sqrt(19 / 12.0));
  }
}
