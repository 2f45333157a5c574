package tweedie.train.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import tweedie.device.ProcessMemory;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.train.LossByNoise;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.Decay;
import tweedie.train.TrainSettings.Ema;
import tweedie.train.TrainSettings.Optimizer;

class TelemetryTest {

  private static WorkerResult result(int worker, int steps, float[] parameters, float[] moments) {
    return new WorkerResult(
        worker,
        100,
        steps,
        parameters,
        moments,
        parameters,
        new LossByNoise(),
        new WorkerResult.Descent(0.1, 1, null),
        1,
        ProcessMemory.NONE,
        "",
        null);
  }

  private static Drift drift(float[]... ends) {
    List<WorkerResult> results = new ArrayList<>();
    for (float[] end : ends) {
      results.add(result(results.size(), 1, end, null));
    }
    return Drift.sums(new float[] {1, 1}, results).of(results);
  }

  @Test
  void theCosineSaysHowFarTheWorkersAgree() {
    float[] right = {3, 1};
    float[] up = {1, 2};
    float[] left = {-1, 1};
    assertThat(drift(right, right).cosine().orElseThrow()).isCloseTo(1, within(1e-12));
    assertThat(drift(right, up).cosine().orElseThrow()).isCloseTo(0, within(1e-12));
    assertThat(drift(right, left).cosine().orElseThrow()).isCloseTo(-1, within(1e-12));
    assertThat(drift(right, up, left).cosine().orElseThrow())
        .as("pairs 0, 0 and -1")
        .isCloseTo(-1.0 / 3, within(1e-12));
    assertThat(drift(right).cosine()).isEmpty();
    assertThat(drift(right, new float[] {1, 1}).cosine()).as("one stands still").isEmpty();
  }

  @Test
  void driftIsTheDistanceFromTheMeanRelativeToItsMove() {
    assertThat(drift(new float[] {3, 1}, new float[] {3, 1}).distance()).isZero();
    // the mean moved by 2 and each worker is 1 away from it
    assertThat(drift(new float[] {3, 2}, new float[] {3, 0}).distance())
        .isCloseTo(0.5, within(1e-12));
  }

  /** Gradients G + noise of the variance v per image: the scale is P v / |G|^2. */
  @Test
  void theNoiseScaleOfKnownGradientsIsFound() {
    int p = 200_000;
    double beta1 = 0.9;
    double variance = 4;
    double signal = 0.5;
    TrainSettings settings =
        Trained.settings(
            4, new Optimizer(0.1, 0, Decay.CONSTANT, beta1, 0.999, 1e-8), new Ema(0, 0));
    TrainingState start = new TrainingState(0, 0, 0, new float[p], new float[2 * p], new float[p]);
    Draws draws = Draws.of(3, Purpose.ORACLE, 0, 0);
    for (int i = 0; i < p; i++) {
      start.moments()[i] = (float) draws.gaussian();
    }
    List<WorkerResult> results = new ArrayList<>();
    for (int worker = 0; worker < 4; worker++) {
      int steps = 3 + worker;
      double[] moment = new double[p];
      for (int i = 0; i < p; i++) {
        moment[i] = start.moments()[i];
      }
      for (int step = 0; step < steps; step++) {
        for (int i = 0; i < p; i++) {
          double gradient = signal + Math.sqrt(variance / settings.batchSize()) * draws.gaussian();
          moment[i] = beta1 * moment[i] + (1 - beta1) * gradient;
        }
      }
      float[] moments = new float[2 * p];
      for (int i = 0; i < p; i++) {
        moments[i] = (float) moment[i];
      }
      results.add(result(worker, steps, new float[p], moments));
    }
    double expected = variance / (signal * signal);
    assertThat(noiseScale(start, settings, results).orElseThrow())
        .isCloseTo(expected, within(0.02 * expected));
    assertThat(noiseScale(start, settings, results.subList(0, 1))).isEmpty();
  }

  private static OptionalDouble noiseScale(
      TrainingState start, TrainSettings settings, List<WorkerResult> results) {
    return GradientNoise.sums(start, settings, results).scale(settings, results);
  }

  private static RoundMetrics round(
      int number, double drift, long bytes, List<Double> workerSeconds) {
    return new RoundMetrics(
        number,
        0,
        1,
        List.of(),
        1,
        1,
        drift,
        workerSeconds.size(),
        workerSeconds.stream().mapToDouble(s -> s).max().orElse(0),
        0,
        0,
        null,
        null,
        workerSeconds,
        bytes,
        1,
        0,
        0,
        0,
        null,
        null,
        0,
        0,
        null,
        null,
        null,
        null);
  }

  private static List<String> warnings(double[] drifts, double[] megabytes) {
    List<RoundMetrics> rounds = new ArrayList<>();
    for (int i = 0; i < drifts.length; i++) {
      rounds.add(round(i + 1, drifts[i], (long) (megabytes[i] * 1e6), List.of(1.0, 1.0)));
    }
    return RoundWarnings.of(rounds);
  }

  @Test
  void driftThatDoublesIsWarnedOf() {
    double[] still = {1, 1, 1, 1, 1, 1};
    assertThat(warnings(new double[] {0.1, 0.2, 0.1, 0.3, 0.2, 0.41}, still))
        .singleElement()
        .asString()
        .startsWith("Drift grew to 0.410 in round 6; in the 5 rounds before it was about 0.200.");
    assertThat(warnings(new double[] {0.1, 0.2, 0.1, 0.3, 0.2, 0.39}, still)).isEmpty();
    assertThat(warnings(new double[] {0.1, 0.9}, new double[] {1, 1})).isEmpty();
  }

  @Test
  void memoryThatOnlyGrowsIsWarnedOf() {
    double[] quiet = {0, 0, 0, 0, 0, 0};
    assertThat(warnings(quiet, new double[] {1000, 1100, 1200, 1210, 1220, 1300}))
        .singleElement()
        .asString()
        .startsWith("A worker's process grew in each of the last 5 rounds, from 1000 to 1300 MB.");
    assertThat(warnings(quiet, new double[] {1000, 1100, 1200, 1199, 1220, 1300})).isEmpty();
    assertThat(warnings(quiet, new double[] {1000, 1010, 1020, 1030, 1040, 1050})).isEmpty();
  }

  @Test
  void aStragglerIsWarnedOf() {
    assertThat(RoundWarnings.of(List.of(round(3, 0, 1, List.of(20.0, 20.0, 45.0)))))
        .singleElement()
        .asString()
        .startsWith("Worker 2 took 45 s in round 3, the median is 20 s.");
    assertThat(RoundWarnings.of(List.of(round(3, 0, 1, List.of(20.0, 20.0, 39.0))))).isEmpty();
    assertThat(RoundWarnings.of(List.of(round(3, 0, 1, List.of(1.0, 1.0, 5.0)))))
        .as("few seconds")
        .isEmpty();
  }
}
