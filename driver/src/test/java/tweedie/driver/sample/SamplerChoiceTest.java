package tweedie.driver.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.shard.DataStatistics;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.Settings.Method;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.run.RunDirectory;
import tweedie.sample.AnnealedLangevin;
import tweedie.sample.AnnealedLangevin.Ending;
import tweedie.sample.ChainStart;
import tweedie.sample.Churn;
import tweedie.sample.ConsistentAnnealed;
import tweedie.sample.Heun;
import tweedie.sample.NoiseLevels;
import tweedie.sample.OdeSampler;
import tweedie.sample.PredictorCorrector;
import tweedie.sample.Sampler;
import tweedie.sample.SeedSchedule;
import tweedie.sample.walk.Friction;
import tweedie.sample.walk.Friction.Per;
import tweedie.sample.walk.Integrator;
import tweedie.sample.walk.Integrator.Scheme;
import tweedie.sample.walk.OneAtATime;
import tweedie.sample.walk.WalkJump;

class SamplerChoiceTest {

  private static final double[] MEAN = {0.25, 0.5};
  private static final double DISTANCE = 8;
  private static final double MAX = 80;
  private static final double MIN = 0.02;
  private static final ImageShape SHAPE = new ImageShape(1, 1, 2);

  @TempDir java.nio.file.Path run;

  @Test
  void annealedChainsStartAsFarAsTwoImagesAre() throws IOException {
    NoiseLevels levels =
        NoiseLevels.geometric(DISTANCE, MIN, NoiseLevels.count(DISTANCE, MIN, MEAN.length));

    requireSame(
        sampler("method=annealed"),
        new AnnealedLangevin(
            start(DISTANCE),
            levels,
            AnnealedLangevin.bestStep(levels.largestRatio(), 5),
            5,
            Ending.JUMP));
    requireSame(
        sampler("method=annealed", "annealed.step-ratio=0.3", "final-jump=false", "levels=7"),
        new AnnealedLangevin(
            start(DISTANCE), NoiseLevels.geometric(DISTANCE, MIN, 7), 0.3, 5, Ending.WALK));
  }

  @Test
  void aSingleLevelHasASmallStep() throws IOException {
    requireSame(
        sampler("method=annealed", "sigma-max=1", "sigma-min=1", "levels=9"),
        new AnnealedLangevin(start(1), NoiseLevels.geometric(1, 1, 1), 0.1, 5, Ending.JUMP));
  }

  @Test
  void imagesWhoseDistanceIsNotKnownAreReachedFromTheLargestNoise() throws IOException {
    Sampler sampler =
        SamplerChoice.of(
            loaded("method=predictor-corrector"), directory(), SHAPE, Optional.of(data(0)));

    requireSame(
        sampler, new PredictorCorrector(start(MAX), NoiseLevels.geometric(MAX, MIN, 100), 0.16, 1));
  }

  @Test
  void consistentChainsTakeNearlyTheSmallestSteps() throws IOException {
    NoiseLevels levels =
        NoiseLevels.geometric(MAX, MIN, Math.max(100, NoiseLevels.count(MAX, MIN, MEAN.length)));

    requireSame(
        sampler("method=consistent"),
        new ConsistentAnnealed(
            start(MAX), levels, 1.01 * (1 - 1 / levels.largestRatio()), Ending.JUMP));
  }

  @Test
  void heunTakesTwentyOfKarrasLevels() throws IOException {
    requireSame(
        sampler("method=heun"),
        new Heun(start(MAX), NoiseLevels.karras(MAX, MIN, 20, 7), new Churn(0, 0, 1e6, 1)));
    requireSame(
        sampler("method=heun", "levels=5", "sigma-max=10", "heun.rho=3", "heun.churn=4"),
        new Heun(start(10), NoiseLevels.karras(10, MIN, 5, 3), new Churn(4, 0, 1e6, 1)));
  }

  @Test
  void theOdeGoesFromTheLargestToTheSmallestTrainedNoise() throws IOException {
    requireSame(
        sampler("method=ode", "ode.tolerance=1e-5"), new OdeSampler(start(MAX), MAX, MIN, 1e-5));
  }

  @Test
  void predictorsStartAsFarAsTwoImagesAre() throws IOException {
    requireSame(
        sampler("method=predictor-corrector", "predictor-corrector.corrector-steps=2"),
        new PredictorCorrector(
            start(DISTANCE), NoiseLevels.geometric(DISTANCE, MIN, 100), 0.16, 2));
  }

  @Test
  void walksStartFarApartAndStepInUnitsOfTheirNoise() throws IOException {
    requireSame(
        sampler("method=walk-jump", "walk-jump.s=0.4"),
        new WalkJump(
            start(DISTANCE),
            0.4,
            new Integrator(Scheme.ABOBA, 0.5 * 0.4, 1, new Friction(Per.TIME, 0.5)),
            100,
            20,
            1));
  }

  @Test
  void aWalkOfAnyTrainedNoiseMustNameItsOwn() throws IOException {
    assertThatThrownBy(() -> sampler("method=walk-jump"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("tweedie.sample.walk-jump.s")
        .hasMessageContaining(
            "must be the noise to walk at, between the trained 0.02000 and 80.00");

    List<String> one = settings("method=walk-jump");
    one.add("tweedie.noise.schedule=fixed");
    one.add("tweedie.noise.fixed.sigma=0.5");
    Sampler sampler =
        SamplerChoice.of(
            SettingsLoader.load(Optional.empty(), one),
            directory(),
            SHAPE,
            Optional.of(data(DISTANCE)));
    assertThat(((WalkJump) sampler).s()).isEqualTo(0.5);
  }

  @Test
  void copiesHaveTheNoiseThatReachesEveryImage() throws IOException {
    requireSame(
        sampler("method=oat", "oat.copies=40"),
        new OneAtATime(
            start(DISTANCE),
            DISTANCE,
            40,
            new Integrator(Scheme.BAOAB, DISTANCE, 1, new Friction(Per.STEP, 1)),
            8));
    requireSame(
        sampler("method=oat", "oat.sigma=3", "oat.integrator=overdamped", "oat.step=0.5"),
        new OneAtATime(
            start(3),
            3,
            100,
            new Integrator(Scheme.OVERDAMPED, 1.5, 1, new Friction(Per.STEP, 1)),
            8));
  }

  @Test
  void theSeedIsAsItWas() throws IOException {
    requireSame(sampler("method=seed"), SeedSchedule.original(MEAN));
  }

  @Test
  void aMixtureIsItsOwnStatistics() throws IOException {
    List<String> settings = settings("method=oat");
    settings.add("tweedie.data.mixture.weights=[0.75, 0.25]");
    settings.add("tweedie.data.mixture.means=[[-1, 0], [3, 0]]");
    settings.add("tweedie.data.mixture.stds=[1, 2]");
    OneAtATime sampler =
        (OneAtATime)
            SamplerChoice.of(
                SettingsLoader.load(Optional.empty(), settings),
                directory(),
                SHAPE,
                Optional.empty());

    assertThat(sampler.start().mean()).containsExactly(0, 0);
    assertThat(sampler.sigma()).isEqualTo(Math.sqrt(2 * (1 + 4) + 4 * 4));
    assertThat(sampler.start().variance())
        .isCloseTo(0.75 * 1 + 0.25 * 4 + (0.75 * 1 + 0.25 * 9) / 2, within(1e-12));
  }

  @Test
  void imagesThatAreCompletedStartWithNoiseAlone() throws IOException {
    Heun heun = (Heun) sampler("method=heun", "inpaint.image=a.png", "inpaint.mask=b.png");

    assertThat(heun.start().variance()).isZero();
  }

  @Test
  void noiseMustFall() {
    assertThatThrownBy(() -> sampler("method=heun", "sigma-min=100"))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "Samples need tweedie.sample.sigma-min, 100.0, to be at most tweedie.sample.sigma-max, 80.0 (where one is 0, it is what was trained)");
  }

  @Test
  void whatASamplerRefusesNamesTheMethod() {
    assertThatThrownBy(() -> sampler("method=consistent", "consistent.eta=0.001"))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(
            "tweedie.sample.method = consistent cannot run: The step eta from noise 80.00");
  }

  @Test
  void dataOfAnotherShapeIsRefused() {
    assertThatThrownBy(
            () ->
                SamplerChoice.of(
                    loaded("method=heun"),
                    directory(),
                    new ImageShape(28, 28, 1),
                    Optional.of(data(DISTANCE))))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("was trained on images of 2 values, as its data.json says");
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void methodsAreCalledAsInTheSettings(Method method) throws IOException {
    assertThat(loaded("method=" + SamplerChoice.name(method)).settings().sample().method())
        .isEqualTo(method);
  }

  private Sampler sampler(String... sample) throws IOException {
    return SamplerChoice.of(loaded(sample), directory(), SHAPE, Optional.of(data(DISTANCE)));
  }

  private static LoadedSettings loaded(String... sample) {
    return SettingsLoader.load(Optional.empty(), settings(sample));
  }

  private static List<String> settings(String... sample) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "tweedie.noise.schedule=edm",
                "tweedie.noise.edm.sigma-min=" + MIN,
                "tweedie.noise.edm.sigma-max=" + MAX));
    for (String setting : sample) {
      settings.add("tweedie.sample." + setting);
    }
    return settings;
  }

  private RunDirectory directory() throws IOException {
    return RunDirectory.at(new Path(run.toString()), new Configuration());
  }

  private static DataStatistics data(double largestDistance) {
    return new DataStatistics(10, MEAN, 0.375, 0.5, 0.2, largestDistance, List.of(), "");
  }

  private static ChainStart start(double noise) {
    return new ChainStart(MEAN, noise, 0.2);
  }

  private static void requireSame(Sampler sampler, Sampler expected) {
    assertThat(sampler).usingRecursiveComparison().withStrictTypeChecking().isEqualTo(expected);
  }
}
