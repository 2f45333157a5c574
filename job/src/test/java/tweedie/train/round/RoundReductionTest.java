package tweedie.train.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.MapOutputTrackerMaster;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.util.LongAccumulator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Adam;
import tweedie.LocalSpark;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.device.ProcessMemory;
import tweedie.network.DenoiserLayer;
import tweedie.network.NetworkSettings;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.train.LossByNoise;
import tweedie.train.NonFiniteLossException;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.Averaging;
import tweedie.train.TrainSettings.Moments;
import tweedie.train.TrainSettings.OnDivergence;
import tweedie.train.averaging.NesterovStep;
import tweedie.train.averaging.OuterStep;
import tweedie.train.averaging.SlowMomentumStep;
import tweedie.train.averaging.WeightedMean;
import tweedie.train.round.TrainingState.Position;

/** Averaging on executors is averaging at the driver. */
class RoundReductionTest {

  private static final RoundReduction ON_EXECUTORS = new RoundReduction(0, 100);
  private static final NetworkSettings NETWORK = Trained.network();

  private static final LocalSpark SPARK = LocalSpark.of("local[2, 3]"); // three attempts of a task

  @TempDir Path directory;

  private static float[] numbers(long id, int count) {
    Draws draws = Draws.of(4, Purpose.ORACLE, id, 0);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) draws.gaussian();
    }
    return numbers;
  }

  /** What workers may return; the second of several had no images. */
  private static List<WorkerResult> results(int workers, int parameters, Moments moments) {
    List<WorkerResult> results = new ArrayList<>();
    for (int k = 0; k < workers; k++) {
      results.add(
          k == 1
              ? WorkerResult.withoutImages(k, null)
              : new WorkerResult(
                  k,
                  10 + 3 * k,
                  4 + k,
                  numbers(3 * k, parameters),
                  moments == Moments.RESET ? null : numbers(3 * k + 1, 2 * parameters),
                  numbers(3 * k + 2, parameters),
                  new LossByNoise(),
                  new WorkerResult.Descent(0.1, 1, null),
                  k,
                  ProcessMemory.NONE,
                  "",
                  null));
    }
    return results;
  }

  private static TrainingState before(int workers, int parameters, Moments moments) {
    return new TrainingState(
        3,
        new Position(1, 7),
        100,
        30,
        numbers(100, parameters),
        numbers(101, moments == Moments.OWN ? workers * 2 * parameters : 2 * parameters),
        numbers(102, parameters),
        numbers(103, parameters),
        0);
  }

  private static RoundPart reduce(
      RoundReduction reduction,
      TrainingState start,
      JavaRDD<WorkerResult> results,
      RoundPart.Rule rule) {
    Broadcast<TrainingState> broadcast = SPARK.context().broadcast(start);
    try {
      return reduction.of(results, start, broadcast, rule);
    } finally {
      broadcast.destroy();
    }
  }

  private static JavaRDD<WorkerResult> eachInAPartition(List<WorkerResult> results) {
    return SPARK.context().parallelize(results, results.size());
  }

  private static RoundPart.Rule rule(int workers, OuterStep step, Moments moments) {
    return new RoundPart.Rule(
        Trained.withAveraging(Trained.settings(workers), new Averaging(step, moments, 0, 0, 1)),
        new Position(2, 0),
        0.01);
  }

  private static void assertBitEqual(TrainingState actual, TrainingState expected) {
    assertThat(actual.parameters()).isEqualTo(expected.parameters());
    assertThat(actual.moments()).isEqualTo(expected.moments());
    assertThat(actual.ema()).isEqualTo(expected.ema());
    assertThat(actual.momentum()).isEqualTo(expected.momentum());
    assertThat(actual)
        .usingRecursiveComparison()
        .ignoringFields("parameters", "moments", "ema", "momentum")
        .isEqualTo(expected);
  }

  private static void assertClose(Drift actual, Drift expected) {
    assertThat(actual.distance()).isCloseTo(expected.distance(), within(1e-12));
    assertThat(actual.cosine().isPresent()).isEqualTo(expected.cosine().isPresent());
    expected
        .cosine()
        .ifPresent(c -> assertThat(actual.cosine().getAsDouble()).isCloseTo(c, within(1e-12)));
  }

  static Stream<OuterStep> steps() {
    return Stream.of(
        new WeightedMean(), new NesterovStep(0.7, 0.9), new SlowMomentumStep(0.9, 0.5));
  }

  @ParameterizedTest
  @MethodSource("steps")
  void theBitsAreThoseOfAveragingAtTheDriver(OuterStep step) {
    int parameters = 1001;
    for (Moments moments : Moments.values()) {
      for (int workers : new int[] {1, 2, 5}) {
        TrainingState start = before(workers, parameters, moments);
        RoundPart.Rule rule = rule(workers, step, moments);
        List<WorkerResult> results = results(workers, parameters, moments);
        RoundPart driver = rule.apply(start, results);
        List<WorkerResult> shuffled = new ArrayList<>(results);
        Collections.reverse(shuffled);
        for (int range : new int[] {1000, 300}) {
          RoundPart executors =
              reduce(new RoundReduction(0, range), start, eachInAPartition(shuffled), rule);
          assertBitEqual(executors.state(), driver.state());
          assertClose(executors.drift().of(results), driver.drift().of(results));
          assertThat(executors.noise().small())
              .isCloseTo(driver.noise().small(), within(1e-12 * driver.noise().small()));
          assertThat(executors.noise().large())
              .isCloseTo(driver.noise().large(), within(1e-12 * driver.noise().large()));
          assertThat(executors.results())
              .extracting(WorkerResult::worker)
              .isEqualTo(IntStream.range(0, workers).boxed().toList());
        }
      }
    }
  }

  @Test
  void theDriverGetsNoWorkersNumbersAndOneJobOfTwoStages() throws Exception {
    TrainingState start = before(5, 1001, Moments.MEAN);
    List<WorkerResult> results = results(5, 1001, Moments.MEAN);
    AtomicInteger jobs = new AtomicInteger();
    AtomicInteger stages = new AtomicInteger();
    SparkListener counter =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            jobs.incrementAndGet();
          }

          @Override
          public void onStageCompleted(SparkListenerStageCompleted stage) {
            stages.incrementAndGet();
          }
        };
    SPARK.context().sc().addSparkListener(counter);
    RoundPart end;
    try {
      end =
          reduce(
              ON_EXECUTORS,
              start,
              eachInAPartition(results),
              rule(5, new WeightedMean(), Moments.MEAN));
      SPARK.context().sc().listenerBus().waitUntilEmpty();
    } finally {
      SPARK.context().sc().removeSparkListener(counter);
    }
    assertThat(jobs).hasValue(1);
    assertThat(stages).hasValue(2);
    MapOutputTrackerMaster shuffles = (MapOutputTrackerMaster) SparkEnv.get().mapOutputTracker();
    assertThat(shuffles.shuffleStatuses().isEmpty()).as("the shuffle is cleaned up").isTrue();
    assertThat(end.results()).hasSize(5).allMatch(result -> result.parameters() == null);
    assertThat(end.results())
        .extracting(WorkerResult::images)
        .containsExactly(10L, 0L, 16L, 19L, 22L);
  }

  @Test
  void tasksThatAreTriedAgainLeaveTheSameBits() {
    TrainingState start = before(5, 1001, Moments.MEAN);
    List<WorkerResult> results = results(5, 1001, Moments.MEAN);
    RoundPart.Rule rule = rule(5, new NesterovStep(0.7, 0.9), Moments.MEAN);
    LongAccumulator failures = SPARK.context().sc().longAccumulator();
    JavaRDD<WorkerResult> failing =
        eachInAPartition(results)
            .map(
                result -> {
                  if (TaskContext.get().attemptNumber() < 2) {
                    throw new IllegalStateException("lost");
                  }
                  failures.add(TaskContext.get().attemptNumber());
                  return result;
                });
    assertBitEqual(
        reduce(ON_EXECUTORS, start, failing, rule).state(), rule.apply(start, results).state());
    assertThat(failures.value()).isEqualTo(10);
  }

  private RoundMaster trained(TrainSettings settings, RoundReduction reduction, Shard... shards) {
    LongAccumulator progress = SPARK.context().sc().longAccumulator();
    RoundMaster master =
        new RoundMaster(Trained.initial(NETWORK), NETWORK, settings, 60, progress, reduction);
    List<RoundPlan.Share> shares = new ArrayList<>();
    for (Shard shard : shards) {
      shares.add(
          new RoundPlan.Share(
              new RoundPlan.Slice(shares.size(), 0, shard.images()),
              List.of(shard.path()),
              List.of()));
    }
    MultiLayerNetwork model =
        new MultiLayerNetwork(DenoiserLayer.configuration(NETWORK, new Adam()));
    try {
      model.init();
      SparkDl4jMultiLayer trainer = new SparkDl4jMultiLayer(SPARK.context(), model, master);
      for (int round = 1; round <= 2; round++) {
        master.train(
            trainer,
            new RoundPlan(shares, new Position(round, 0)),
            Trained.unkept(SPARK.context()));
        assertThat(model.params().toFloatVector()).isEqualTo(master.state().parameters());
      }
    } finally {
      DenoiserLayer.free(model);
    }
    if (settings.onDivergence() == OnDivergence.FAIL) {
      assertThat(progress.value()).isEqualTo(master.state().images());
    }
    return master;
  }

  private Shard shard(int number, boolean good) throws IOException {
    List<LabeledImage> images = Trained.images(6L * number, 6);
    if (!good) {
      images.get(0).pixels()[1] = Float.NaN;
    }
    return Trained.shard(directory, "part-%05d".formatted(number), images);
  }

  @ParameterizedTest
  @EnumSource(Moments.class)
  void roundsAreTheSame(Moments moments) throws IOException {
    TrainSettings settings =
        Trained.withAveraging(
            Trained.settings(3), new Averaging(new NesterovStep(0.7, 0.9), moments, 0, 0, 1));
    Shard[] shards = {shard(0, true), shard(1, true), shard(2, true)};
    RoundMaster driver = trained(settings, RoundReduction.STANDARD, shards);
    RoundMaster executors = trained(settings, ON_EXECUTORS, shards);
    assertBitEqual(executors.state(), driver.state());
    assertClose(executors.lastSpread().drift(), driver.lastSpread().drift());
    assertThat(driver.lastResults().get(0).parameters()).isNotNull();
    assertThat(executors.lastResults().get(0).parameters()).isNull();
    assertThat(RoundMetrics.of(executors, 1, 1).loss())
        .isEqualTo(RoundMetrics.of(driver, 1, 1).loss());
  }

  @Test
  void aDroppedWorkerDoesNotCount() throws IOException {
    TrainSettings drop = Trained.withDivergence(Trained.settings(3), OnDivergence.DROP_WORKER, 0);
    Shard[] shards = {shard(0, true), shard(1, false), shard(2, true)};
    RoundMaster executors = trained(drop, ON_EXECUTORS, shards);
    assertBitEqual(executors.state(), trained(drop, RoundReduction.STANDARD, shards).state());
    assertThat(executors.lastResults().get(1).divergence())
        .startsWith("The loss is NaN in round 2");
    Shard bad = shard(1, false);
    assertThatThrownBy(() -> trained(drop, ON_EXECUTORS, bad, bad))
        .isInstanceOf(NonFiniteLossException.class)
        .hasMessageStartingWith("No worker of the round is left.");
  }

  @Test
  void aRoundIsRolledBack() throws IOException {
    TrainSettings rollback = Trained.withDivergence(Trained.settings(2), OnDivergence.ROLLBACK, 2);
    Shard good = shard(0, true);
    Shard bad = shard(1, false);
    assertThatThrownBy(() -> trained(rollback, ON_EXECUTORS, good, bad))
        .isInstanceOf(NonFiniteLossException.class)
        .hasMessageEndingWith(
            "The learning rate was halved 2 times already, which is train.max-rollbacks.");
  }
}
