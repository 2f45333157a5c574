package tweedie.driver.evaluate.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.driver.config.Settings.Likelihood;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.evaluate.EvaluatedRun.Real;
import tweedie.driver.evaluate.likelihood.LikelihoodTask.Measure;
import tweedie.driver.model.DensityFlow;
import tweedie.evaluate.likelihood.DataNormal;
import tweedie.evaluate.likelihood.Divergence;
import tweedie.evaluate.likelihood.FlowSolver;
import tweedie.evaluate.likelihood.Probe;

class LikelihoodPlanTest {

  private static final DataNormal PRIOR = new DataNormal(new double[] {0, 0}, 1);
  private static final Real DRAWN = new Real("draws", false, Optional.empty());

  private static Likelihood settings(String... overrides) {
    List<String> lines =
        Arrays.stream(overrides).map(line -> "tweedie.evaluate.likelihood." + line).toList();
    return SettingsLoader.load(Optional.empty(), lines).settings().evaluate().likelihood();
  }

  private static LikelihoodPlan plan(String... overrides) {
    return new LikelihoodPlan(new DensityFlow(settings(overrides), PRIOR, 0.01, 10), 50);
  }

  private static List<String> names(LikelihoodPlan plan) {
    return plan.measures().stream().map(Measure::name).toList();
  }

  @Test
  void theUsualMeasureIsFirstAndOfAllImages() {
    LikelihoodPlan plan = plan("steps=8", "repeats=3", "probes=1", "probe=gaussian");

    assertThat(plan.measures().get(0)).isEqualTo(plan.usual());
    assertThat(plan.usual().images()).isEqualTo(50);
    assertThat(plan.usual().name()).isEqualTo("images");
    assertThat(plan.usual().s()).isEqualTo(0.01);
    assertThat(plan.usual().repeats()).isEqualTo(3);
    assertThat(plan.usual().copies()).isZero();
    assertThat(plan.usual().flow().largest()).isEqualTo(10);
    assertThat(((FlowSolver.Grid) plan.usual().flow().solver()).steps()).isEqualTo(8);
    assertThat(plan.usual().flow().divergence())
        .isEqualTo(new Divergence.Hutchinson(Probe.GAUSSIAN, 1));
  }

  @Test
  void someImagesAreMeasuredWithMoreSmoothingAndWithAFinerSolver() {
    List<Measure> measures =
        plan("steps=8", "sensitivity-images=20", "copies.counts=[]").measures();

    assertThat(measures).extracting(Measure::images).containsExactly(50, 20, 20, 20);
    assertThat(measures.get(1).name()).isEqualTo("sigma-min-doubled");
    assertThat(measures.get(1).s()).isEqualTo(0.02);
    assertThat(measures.get(2).name()).isEqualTo("steps-doubled");
    assertThat(((FlowSolver.Grid) measures.get(2).flow().solver()).steps()).isEqualTo(16);
    assertThat(measures.get(2).flow().divergence())
        .isEqualTo(new Divergence.Hutchinson(Probe.RADEMACHER, 2));
    assertThat(measures.get(3).name()).isEqualTo("steps-quadrupled");
    assertThat(((FlowSolver.Grid) measures.get(3).flow().solver()).steps()).isEqualTo(32);
    assertThat(measures.get(3).flow().divergence()).isEqualTo(measures.get(2).flow().divergence());
  }

  @Test
  void anAdaptiveSolverIsMadeFinerByItsTolerance() {
    List<Measure> measures =
        plan("solver=adaptive", "trace=exact", "sensitivity-images=20", "copies.counts=[]")
            .measures();

    assertThat(measures.get(2).flow().solver())
        .isEqualTo(new FlowSolver.Adaptive(settings().tolerance() / 10));
    assertThat(measures.get(3).flow().solver())
        .isEqualTo(new FlowSolver.Adaptive(settings().tolerance() / 100));
    assertThat(measures.get(2).flow().divergence()).isEqualTo(new Divergence.Exact());
  }

  @Test
  void whereTwiceTheSmoothingIsBeyondTheFlowItIsLeftOut() {
    LikelihoodPlan narrow =
        new LikelihoodPlan(
            new DensityFlow(settings("sensitivity-images=20", "copies.counts=[]"), PRIOR, 6, 10),
            50);

    assertThat(names(narrow)).containsExactly("images", "steps-doubled", "steps-quadrupled");
  }

  @Test
  void copiesAreMeasuredAtTheNoiseOfTheirMeanAndAtTheirOwn() {
    LikelihoodPlan plan =
        plan(
            "sensitivity-images=0",
            "copies.counts=[1, 4, 4]",
            "copies.sigma=0.5",
            "copies.images=30");

    assertThat(names(plan))
        .containsExactly("images", "copies-1-matched", "copies-4-matched", "copies-4-fixed");
    assertThat(plan.measures()).extracting(Measure::images).containsExactly(50, 30, 30, 30);
    assertThat(plan.measures().get(2).s()).isEqualTo(0.5);
    assertThat(plan.measures().get(3).s()).isEqualTo(0.25);
  }

  @Test
  void aFlowWithoutARangeOfNoiseIsRefused() {
    assertThatThrownBy(() -> new DensityFlow(settings(), PRIOR, 1, 1))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "The flow needs a range of noise: tweedie.evaluate.likelihood.sigma-min, 1.000, must be"
                + " less than sigma-max, 1.000");
  }

  @Test
  void copiesWhoseMeanHasTooLittleNoiseAreRefused() {
    assertThatThrownBy(() -> plan("copies.counts=[4]", "copies.sigma=0.018"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "copies.sigma = 0.01800 gives the mean of 4 copies the noise 0.009000; both must lie"
                + " between sigma-min, 0.01000, and sigma-max, 10.00");
  }

  @Test
  void drawsAreAsManyAsAreAskedForOrAThousand() {
    assertThat(LikelihoodPlan.images(settings("images=0"), DRAWN)).isEqualTo(1000);
    assertThat(LikelihoodPlan.images(settings("images=7"), DRAWN)).isEqualTo(7);
  }

  @Test
  void vectorsAreNotDequantized() {
    assertThat(LikelihoodPlan.dequantizes(settings(), new ImageShape(1, 1, 2), DRAWN)).isFalse();
    assertThat(
            LikelihoodPlan.dequantizes(
                settings("dequantize=false"), new ImageShape(2, 2, 1), DRAWN))
        .isFalse();
  }
}
