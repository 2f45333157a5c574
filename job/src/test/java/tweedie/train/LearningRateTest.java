package tweedie.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ISchedule;
import tweedie.network.DenoiserLayer;
import tweedie.train.TrainSettings.Decay;
import tweedie.train.TrainSettings.Ema;
import tweedie.train.TrainSettings.Optimizer;
import tweedie.train.round.Trained;

class LearningRateTest {

  private static LearningRate rate(double warmup, Decay decay) {
    return new LearningRate(new Optimizer(0.01, warmup, decay, 0.9, 0.999, 1e-8), 1100, 0, 0, 10);
  }

  @ParameterizedTest
  @CsvSource({
    "CONSTANT, 10, 0.001",
    "CONSTANT, 50, 0.005",
    "CONSTANT, 100, 0.01",
    "CONSTANT, 1100, 0.01",
    "COSINE, 50, 0.005",
    "COSINE, 100, 0.01",
    "COSINE, 350, 0.00853553390593",
    "COSINE, 600, 0.005",
    "COSINE, 1100, 0",
    "COSINE, 2000, 0",
    "INVERSE_SQRT, 50, 0.005",
    "INVERSE_SQRT, 100, 0.01",
    "INVERSE_SQRT, 400, 0.005",
    "INVERSE_SQRT, 10000, 0.001"
  })
  void risesOverTheWarmupAndThenFalls(Decay decay, double images, double expected) {
    assertThat(rate(100, decay).at(images)).isCloseTo(expected, within(1e-13));
  }

  @ParameterizedTest
  @EnumSource(Decay.class)
  void startsAtItsHighestWithoutWarmup(Decay decay) {
    LearningRate rate = new LearningRate(optimizer(decay), 1e9, 0, 0, 10);
    assertThat(rate.valueAt(0, 0)).isCloseTo(0.01, within(1e-9));
    assertThat(rate.at(10)).isFinite();
  }

  private static Optimizer optimizer(Decay decay) {
    return new Optimizer(0.01, 0, decay, 0.9, 0.999, 1e-8);
  }

  @ParameterizedTest
  @EnumSource(Decay.class)
  void aStepCountsTheImagesThatItTrainsOn(Decay decay) {
    LearningRate rate = rate(100, decay);
    assertThat(rate.valueAt(0, 0)).isEqualTo(rate.at(10)).isPositive();
    assertThat(rate.valueAt(30, 5)).isEqualTo(rate.at(310));
  }

  @ParameterizedTest
  @EnumSource(Decay.class)
  void goesOnFromTheClockOfTheRound(Decay decay) {
    LearningRate whole = rate(100, decay);
    LearningRate fourthRound =
        new LearningRate(new Optimizer(0.01, 100, decay, 0.9, 0.999, 1e-8), 1100, 70, 7, 10);
    for (int step = 7; step < 60; step++) {
      assertThat(fourthRound.valueAt(step, 0)).isEqualTo(whole.valueAt(step, 0));
    }
  }

  @Test
  void theLastStepOfACosineHasTheRateZero() {
    assertThat(rate(100, Decay.COSINE).valueAt(108, 0)).isPositive();
    assertThat(rate(100, Decay.COSINE).valueAt(109, 0)).isZero();
  }

  @Test
  void travelsInTheJsonOfTheNetwork() {
    LearningRate rate =
        new LearningRate(new Optimizer(0.01, 100, Decay.COSINE, 0.9, 0.999, 1e-8), 1100, 70, 7, 10);
    MultiLayerConfiguration configuration =
        DenoiserLayer.configuration(
            Trained.network(), Adam.builder().learningRateSchedule(rate).build());
    MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(configuration.toJson());
    ISchedule schedule =
        ((Adam) ((BaseLayer) read.getConf(0).getLayer()).getIUpdater()).getLearningRateSchedule();
    assertThat(schedule).isInstanceOf(LearningRate.class);
    for (int step = 7; step < 120; step++) {
      assertThat(schedule.valueAt(step, 0)).isEqualTo(rate.valueAt(step, 0));
      assertThat(schedule.clone().valueAt(step, 0)).isEqualTo(rate.valueAt(step, 0));
    }
  }

  @Test
  void oldWeightsCountHalfAfterTheHalfLife() {
    assertThat(new Ema(500, 0).decay(500, 0)).isEqualTo(0.5);
    assertThat(new Ema(500, 0).decay(1000, 1e9)).isEqualTo(0.25);
    assertThat(new Ema(500, 0).decay(0, 0)).isEqualTo(1);
  }

  @Test
  void theHalfLifeIsAtMostAFractionOfTheImagesSeen() {
    Ema ema = new Ema(500, 0.05);
    assertThat(ema.decay(10, 0)).isZero();
    assertThat(ema.decay(10, 200)).isEqualTo(0.5);
    assertThat(ema.decay(500, 10_000)).isEqualTo(0.5);
    assertThat(ema.decay(500, 1e9)).isEqualTo(0.5);
  }

  @Test
  void noHalfLifeIsNoAveraging() {
    assertThat(new Ema(0, 0).decay(1, 1000)).isZero();
    assertThat(new Ema(0, 0.05).decay(1, 1000)).isZero();
  }
}
