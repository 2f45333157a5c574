package tweedie.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.sample.AnnealedLangevin.Ending;
import tweedie.score.Copies;
import tweedie.score.CopyNoise;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.FiniteData;
import tweedie.score.GaussianMixture;
import tweedie.score.Mixtures;
import tweedie.score.Moments;
import tweedie.score.TweedieFormula;

class AnnealedLangevinTest {

  private static final long SEED = 2006_09011L;

  @ParameterizedTest
  @CsvSource({"5, 0.111, 1.094", "3, 0.127, 1.114"})
  void bestStepIsThatOfTechniqueFour(int steps, double r, double ratio) {
    double g = NoiseLevels.geometric(9.845, 0.01, 88).largestRatio();
    double best = AnnealedLangevin.bestStep(g, steps);

    assertThat(g).isCloseTo(1.082, within(5e-4));
    assertThat(best).isCloseTo(r, within(1e-3));
    assertThat(AnnealedLangevin.varianceRatio(g, best, steps)).isCloseTo(ratio, within(5e-4));
  }

  @ParameterizedTest
  @CsvSource({"5, 0.127, 0.225", "20, 0.1, 0.205"})
  void whatTooFewStepsDoToTheWeightsOfFarModesIsKnown(int steps, double r, double share) {
    ChainStart start = new ChainStart(new double[2], 10.93, 8.07);
    NoiseLevels levels = NoiseLevels.geometric(10.93, 0.01, 74);
    AnnealedLangevin sampler = new AnnealedLangevin(start, levels, r, steps, Ending.JUMP);

    assertThat(sampler.lighterShare(10.93)).isCloseTo(share, within(0.012));
  }

  @ParameterizedTest
  @CsvSource({"1.082, 5", "1.67, 100", "2, 1", "1.01, 1000"})
  void noStepIsBetterThanTheBest(double g, int steps) {
    double best = AnnealedLangevin.varianceRatio(g, AnnealedLangevin.bestStep(g, steps), steps);

    for (double r = 1e-4; r < 1; r += 1e-3) {
      assertThat(AnnealedLangevin.varianceRatio(g, r, steps)).isGreaterThanOrEqualTo(best - 1e-12);
    }
  }

  @ParameterizedTest
  @CsvSource({"6.2e-6, 5, 232, 50, 1.055", "2e-5, 100, 10, 1, 1.111"})
  void predictedRatioOfPublishedSchedules(
      double step, int steps, int levels, double max, double ratio) {
    AnnealedLangevin published =
        new AnnealedLangevin(
            new ChainStart(new double[1], max),
            NoiseLevels.geometric(max, 0.01, levels),
            step / (0.01 * 0.01),
            steps,
            Ending.JUMP);

    assertThat(published.predictedVarianceRatio()).isCloseTo(ratio, within(1e-3));
  }

  @ParameterizedTest
  @CsvSource({"1.082, 0.111, 5", "1.5, 0.3, 3", "2, 0.05, 10"})
  void measuredVarianceRatioIsThePredictedOne(double g, double r, int steps) {
    double s = 0.2;
    int d = 784;
    FiniteData point = new FiniteData(new double[d], d);
    AnnealedLangevin oneLevel =
        new AnnealedLangevin(
            new ChainStart(new double[d], g * s),
            NoiseLevels.geometric(s, s, 1),
            r,
            steps,
            Ending.WALK);
    double variance = variance(oneLevel.sample(point, SEED, Mixtures.ids(1500)).images());

    double predicted = AnnealedLangevin.varianceRatio(g, r, steps);
    assertThat(variance / (s * s) / predicted)
        .isCloseTo(1, within(4 * Math.sqrt(2.0 / (1500 * d))));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 1, 1.5})
  void varianceOnAGaussianSettlesWhereTheStepSizePutsIt(double r) {
    double s = 0.8;
    int d = 64;
    double lambda = 1 / (0.5 * 0.5 + s * s);
    double h = r * s * s;
    AnnealedLangevin walk =
        new AnnealedLangevin(
            new ChainStart(new double[d], s), NoiseLevels.geometric(s, s, 1), r, 100, Ending.WALK);
    double[] images = walk.sample(Mixtures.gaussian(d, 0, 0.5), SEED, Mixtures.ids(2000)).images();

    assertThat(variance(images) * lambda * (1 - h * lambda / 2))
        .isCloseTo(1, within(4 * Math.sqrt(2.0 / (2000 * d))));
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "2, 8", "16, 4", "784, 4"})
  void theMeanOfManyCopiesWalksLikeOneCopyAtTheNoiseOfTheMean(int d, int m) {
    GaussianMixture mixture = Mixtures.overlapping(d);
    CopyNoise noise = new CopyNoise(1.3, m);
    double h = 0.2;
    double[] copies = new double[m * d];
    double[] one = new double[d];
    for (int t = 0; t < 500; t++) {
      Draws draws = Draws.of(SEED, Purpose.CHAIN, m, t);
      double[] z = new double[m * d];
      double[] coupled = new double[d];
      for (int i = 0; i < z.length; i++) {
        z[i] = draws.gaussian();
        coupled[i % d] += z[i] / Math.sqrt(m); // sqrt(m) times the mean
      }
      double[] denoised = denoise(mixture, Copies.mean(copies, m), noise.s());
      copies = AnnealedLangevin.step(copies, TweedieFormula.joint(denoised, copies, noise), h, z);
      double[] score =
          TweedieFormula.marginal(denoise(mixture, one, noise.s()), one, noise.ofMean());
      one = AnnealedLangevin.step(one, score, h / m, coupled);

      assertThat(Copies.mean(copies, m)).containsExactly(one, within(1e-12));
    }
  }

  @Test
  void jumpReturnsTheDenoisedEndOfTheWalk() {
    GaussianMixture mixture = Mixtures.overlapping(3);
    ChainStart start = new ChainStart(new double[3], 2);
    NoiseLevels levels = NoiseLevels.geometric(2, 0.3, 4);
    AnnealedLangevin walk = new AnnealedLangevin(start, levels, 0.1, 3, Ending.WALK);
    AnnealedLangevin jump = new AnnealedLangevin(start, levels, 0.1, 3, Ending.JUMP);
    double[] end = walk.sample(mixture, SEED, new long[] {4}).images();

    assertThat(jump.sample(mixture, SEED, new long[] {4}).images())
        .containsExactly(denoise(mixture, end, 0.3));
  }

  @Test
  void observerHearsOfEveryLevel() {
    List<String> heard = new ArrayList<>();
    new AnnealedLangevin(
            new ChainStart(new double[3], 2), NoiseLevels.geometric(2, 0.5, 3), 0.1, 4, Ending.JUMP)
        .sample(
            Mixtures.overlapping(3),
            SEED,
            Mixtures.ids(2),
            end -> heard.add(end.level() + " " + end.s() + " " + end.calls()));

    assertThat(heard).containsExactly("0 2.0 4", "1 1.0 8", "2 0.5 12");
  }

  @Test
  void unstableStepsAndEmptyLevelsAreRefused() {
    ChainStart start = new ChainStart(new double[3], 2);
    NoiseLevels levels = NoiseLevels.geometric(2, 0.5, 3);
    assertThatThrownBy(() -> new AnnealedLangevin(start, levels, 2, 5, Ending.JUMP))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The Langevin step r must be between 0 and 2 squared noises to be stable, not 2.0");
    assertThatThrownBy(() -> new AnnealedLangevin(start, levels, 0.1, 0, Ending.JUMP))
        .hasMessage("There must be at least one Langevin step a level, not 0");
    assertThatThrownBy(() -> AnnealedLangevin.bestStep(1, 5))
        .hasMessageContaining("ratio above 1, not 1.0");
    assertThatThrownBy(() -> new ChainStart(new double[0], 1))
        .hasMessageContaining("at least one value");
    assertThatThrownBy(() -> new ChainStart(new double[1], 0))
        .hasMessage("The noise that chains start with must be a positive number, not 0.0");
  }

  private static double variance(double[] values) {
    Moments moments = new Moments();
    for (double value : values) {
      moments.add(value);
    }
    return moments.variance();
  }

  private static double[] denoise(GaussianMixture mixture, double[] y, double s) {
    double[] out = new double[y.length];
    mixture.denoise(y, new double[] {s}, out);
    return out;
  }
}
