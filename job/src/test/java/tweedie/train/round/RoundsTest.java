package tweedie.train.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.util.LongAccumulator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import tweedie.LocalSpark;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.network.DenoiserLayer;
import tweedie.network.DenoiserLayerRuntime;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.train.LearningRate;
import tweedie.train.LossByNoise;
import tweedie.train.Minibatch;
import tweedie.train.Minibatch.Drawn;
import tweedie.train.NonFiniteLossException;
import tweedie.train.Objective;
import tweedie.train.ShardImages;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.Decay;
import tweedie.train.TrainSettings.Ema;
import tweedie.train.TrainSettings.Optimizer;
import tweedie.train.round.TrainingState.Position;

/** Laws of a round: what averaging keeps, exactly, and what it may not depend on. */
class RoundsTest {

  private static final NetworkSettings NETWORK = Trained.network();
  private static final NetworkSettings UNET =
      new NetworkSettings(
          new ImageShape(1, 1, 3),
          Kind.UNET,
          List.of(4, 4),
          0,
          1,
          0,
          0,
          4,
          Input.STACKED,
          2,
          Output.SCORE,
          0.5,
          0.3,
          List.of());
  private static final long IMAGES_OF_RUN = 60;

  private static final LocalSpark TWO_CORES = LocalSpark.of("local[2]");
  private static LocalSpark spark = TWO_CORES;

  @TempDir Path directory;

  private static RoundMaster master(TrainingState from, TrainSettings settings) {
    return master(from, NETWORK, settings);
  }

  private static RoundMaster master(
      TrainingState from, NetworkSettings network, TrainSettings settings) {
    return new RoundMaster(from, network, settings, IMAGES_OF_RUN, progress());
  }

  private static LongAccumulator progress() {
    return spark.context().sc().longAccumulator();
  }

  private static void train(RoundMaster master, List<List<String>> plan) {
    train(spark.context(), NETWORK, master, plan);
  }

  private static void train(
      JavaSparkContext context,
      NetworkSettings network,
      RoundMaster master,
      List<List<String>> shards) {
    List<RoundPlan.Share> shares = new ArrayList<>();
    for (int worker = 0; worker < shards.size(); worker++) {
      shares.add(
          new RoundPlan.Share(
              new RoundPlan.Slice(worker, 0, Long.MAX_VALUE), shards.get(worker), List.of()));
    }
    train(
        context,
        network,
        master,
        new RoundPlan(shares, new Position(master.state().epoch() + 1, 0)));
  }

  private static void train(
      JavaSparkContext context, NetworkSettings network, RoundMaster master, RoundPlan plan) {
    MultiLayerNetwork model =
        new MultiLayerNetwork(DenoiserLayer.configuration(network, new Adam()));
    try {
      model.init();
      master.train(new SparkDl4jMultiLayer(context, model, master), plan, Trained.unkept(context));
    } finally {
      DenoiserLayer.free(model);
    }
  }

  private static TrainingState rounds(
      TrainingState from, TrainSettings settings, List<Shard> shards, int rounds) {
    RoundMaster master = master(from, settings);
    for (int i = 0; i < rounds; i++) {
      train(spark.context(), NETWORK, master, RoundPlan.next(settings, master.state(), shards));
    }
    return master.state();
  }

  private static void assertBitEqual(TrainingState actual, TrainingState expected) {
    assertThat(actual.round()).isEqualTo(expected.round());
    assertThat(actual.images()).isEqualTo(expected.images());
    assertThat(actual.steps()).isEqualTo(expected.steps());
    assertThat(actual.parameters()).isEqualTo(expected.parameters());
    assertThat(actual.moments()).isEqualTo(expected.moments());
    assertThat(actual.ema()).isEqualTo(expected.ema());
    assertThat(actual.momentum()).isEqualTo(expected.momentum());
    assertThat(actual.position()).isEqualTo(expected.position());
  }

  /** The minibatches of one worker in one round, drawn again. */
  private static List<DataSet> minibatches(
      NetworkSettings network, TrainSettings settings, int round, List<Shard> shards)
      throws IOException {
    List<DataSet> result = new ArrayList<>();
    Objective objective = Objective.ofEpoch(settings, network, round);
    List<Drawn> drawn = new ArrayList<>();
    for (Shard shard : shards) {
      List<LabeledImage> images = new ArrayList<>();
      try (ShardReader reader = ShardReader.open(shard, new Configuration())) {
        reader.forEachRemaining(images::add);
      }
      int[] order =
          Draws.of(settings.seed(), Purpose.ORDER, images.get(0).id(), round)
              .permutation(images.size());
      for (int i : order) {
        drawn.add(new Drawn(images.get(i), "shard"));
      }
    }
    for (int from = 0; from < drawn.size(); from += settings.batchSize()) {
      int to = Math.min(from + settings.batchSize(), drawn.size());
      Minibatch batch = Minibatch.of(drawn.subList(from, to), objective, network);
      result.add(new DataSet(batch.nativeRows(), batch.nativeLabels()));
    }
    return result;
  }

  /** DL4J's own fit on these minibatches, with one network and no rounds. */
  private static TrainingState byHand(
      TrainingState from, NetworkSettings network, TrainSettings settings, List<DataSet> batches) {
    LearningRate rate =
        new LearningRate(settings.optimizer(), IMAGES_OF_RUN, 0, 0, settings.batchSize());
    Adam adam =
        Adam.builder()
            .learningRateSchedule(rate)
            .beta1(settings.optimizer().beta1())
            .beta2(settings.optimizer().beta2())
            .epsilon(settings.optimizer().epsilon())
            .build();
    double[] ema = doubles(from.ema());
    long images = 0;
    MultiLayerNetwork model = new MultiLayerNetwork(DenoiserLayer.configuration(network, adam));
    try {
      model.init(Nd4j.createFromArray(from.parameters()), false);
      for (DataSet batch : batches) {
        model.fit(batch);
        double decay = settings.ema().decay(batch.numExamples(), images);
        double[] now = doubles(model.params().toFloatVector());
        for (int i = 0; i < ema.length; i++) {
          ema[i] = decay * ema[i] + (1 - decay) * now[i];
        }
        images += batch.numExamples();
      }
      TrainingState result =
          new TrainingState(
              0,
              images,
              batches.size(),
              model.params().toFloatVector(),
              model.getUpdater().getStateViewArray().dup().data().asFloat(),
              floats(ema));
      return result;
    } finally {
      ((DenoiserLayerRuntime) model.getOutputLayer()).release();
      DenoiserLayer.free(model);
    }
  }

  private static double[] doubles(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i];
    }
    return result;
  }

  private static float[] floats(double[] values) {
    float[] result = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }

  private static void assertTrainedAlike(TrainingState actual, TrainingState expected) {
    assertThat(actual.images()).isEqualTo(expected.images());
    assertThat(actual.steps()).isEqualTo(expected.steps());
    assertThat(actual.parameters()).isEqualTo(expected.parameters());
    assertThat(actual.moments()).isEqualTo(expected.moments());
    assertThat(doubles(actual.ema())).containsExactly(doubles(expected.ema()), within(1e-6));
  }

  @Test
  void oneWorkerDoesWhatDl4jDoesOnTheSameMinibatches() throws IOException {
    List<Shard> shards = Trained.shards(directory, 7, 5);
    TrainSettings settings = Trained.settings(1, Trained.COSINE, new Ema(20, 0.5));
    TrainingState trained = rounds(Trained.initial(NETWORK), settings, shards, 1);
    List<Shard> inOrder = RoundPlan.deal(settings.seed(), 0, shards, 1).get(0);
    List<DataSet> batches = minibatches(NETWORK, settings, 0, inOrder);
    assertThat(batches).hasSize(4);
    assertTrainedAlike(trained, byHand(Trained.initial(NETWORK), NETWORK, settings, batches));
    assertThat(trained.round()).isEqualTo(1);
  }

  @Test
  void adamGoesThroughThreeRoundsAsIfThereWereNone() throws IOException {
    List<Shard> shards = Trained.shards(directory, 9);
    TrainSettings settings = Trained.settings(1, Trained.COSINE, new Ema(20, 0.5));
    for (NetworkSettings network : List.of(NETWORK, UNET)) {
      List<DataSet> batches = new ArrayList<>();
      RoundMaster master = master(Trained.initial(network), network, settings);
      for (int round = 0; round < 3; round++) {
        batches.addAll(minibatches(network, settings, round, shards));
        train(spark.context(), network, master, List.of(List.of(shards.get(0).path())));
      }
      assertTrainedAlike(
          master.state(), byHand(Trained.initial(network), network, settings, batches));
    }
  }

  @Test
  void theAverageIsWeightedByImages() throws IOException {
    List<Shard> shards = Trained.shards(directory, 11, 4);
    TrainSettings settings = Trained.settings(2);
    TrainingState start = Trained.initial(NETWORK);
    RoundMaster master = master(start, settings);
    List<List<String>> plan = List.of(List.of(shards.get(0).path()), List.of(shards.get(1).path()));
    train(master, plan);
    List<WorkerResult> results = master.lastResults();
    assertThat(results).extracting(WorkerResult::worker).containsExactly(0, 1);
    assertThat(results).extracting(WorkerResult::images).containsExactly(11L, 4L);
    assertThat(results).extracting(WorkerResult::steps).containsExactly(4, 2);
    assertThat(results.get(0).parameters()).isNotEqualTo(results.get(1).parameters());
    TrainingState end = master.state();
    assertMean(end.parameters(), results.get(0).parameters(), results.get(1).parameters());
    assertMean(end.moments(), results.get(0).moments(), results.get(1).moments());
    assertMean(end.ema(), results.get(0).ema(), results.get(1).ema());
    assertThat(end.images()).isEqualTo(15);
    assertThat(end.steps()).as("steps of the slower worker").isEqualTo(4);
    assertThat(master.lastSpread().drift().distance())
        .isPositive()
        .isCloseTo(drift(start, end, results), within(1e-9));
  }

  private static void assertMean(float[] actual, float[] eleven, float[] four) {
    for (int i = 0; i < actual.length; i++) {
      double expected = (11.0 * eleven[i] + 4.0 * four[i]) / 15;
      assertThat((double) actual[i]).isCloseTo(expected, within((double) Math.ulp(actual[i])));
    }
  }

  private static double drift(TrainingState start, TrainingState end, List<WorkerResult> results) {
    double apart = 0;
    double moved = 0;
    for (int i = 0; i < end.parameters().length; i++) {
      double mean = end.parameters()[i];
      apart +=
          (11 * Math.pow(results.get(0).parameters()[i] - mean, 2)
                  + 4 * Math.pow(results.get(1).parameters()[i] - mean, 2))
              / 15;
      moved += Math.pow(mean - start.parameters()[i], 2);
    }
    return Math.sqrt(apart / moved);
  }

  @Test
  void aWorkerReturnsTheSameWhenItIsRunAgainOrElsewhere() throws IOException {
    List<Shard> shards = Trained.shards(directory, 4, 5);
    TrainSettings settings = Trained.settings(2);
    TrainingState start = Trained.initial(NETWORK);
    RoundMaster master = master(start, settings);
    train(master, List.of(List.of(shards.get(0).path()), List.of(shards.get(1).path())));
    Broadcast<TrainingState> broadcast = spark.context().broadcast(start);
    RoundWorker worker = new RoundWorker(broadcast, NETWORK, settings, IMAGES_OF_RUN, progress());
    for (int attempt = 0; attempt < 2; attempt++) {
      WorkerResult again =
          worker.train(
              new RoundPlan.Slice(1, 0, 5),
              ShardImages.read(List.of(shards.get(1).path()).iterator(), new Configuration()));
      WorkerResult before = master.lastResults().get(1);
      assertThat(again.parameters()).isEqualTo(before.parameters());
      assertThat(again.moments()).isEqualTo(before.moments());
      assertThat(again.ema()).isEqualTo(before.ema());
      assertThat(again.losses().bins(1)).isEqualTo(before.losses().bins(1));
    }
    broadcast.destroy();
  }

  @Test
  void aWorkerWithoutShardsChangesNothing() throws IOException {
    List<Shard> shards = Trained.shards(directory, 7, 5);
    TrainSettings settings = Trained.settings(3);
    List<String> first = List.of(shards.get(0).path());
    List<String> second = List.of(shards.get(1).path());
    RoundMaster two = master(Trained.initial(NETWORK), settings);
    train(two, List.of(first, second));
    RoundMaster three = master(Trained.initial(NETWORK), settings);
    train(three, List.of(first, List.of(), second));
    assertBitEqual(three.state(), two.state());
    assertThat(three.lastSpread().drift()).isEqualTo(two.lastSpread().drift());
    assertThat(three.lastResults().get(1).images()).isZero();
    assertThat(RoundMetrics.of(three, 2, 1).workers()).isEqualTo(2);
  }

  @Test
  void theResultDoesNotDependOnTheCoresAndCanBeRepeated() throws IOException {
    List<Shard> shards = Trained.shards(directory, 4, 5, 3);
    TrainSettings settings = Trained.settings(3);
    TrainingState twoCores = rounds(Trained.initial(NETWORK), settings, shards, 2);
    assertBitEqual(rounds(Trained.initial(NETWORK), settings, shards, 2), twoCores);
    spark = LocalSpark.of("local[1]");
    try {
      assertBitEqual(rounds(Trained.initial(NETWORK), settings, shards, 2), twoCores);
    } finally {
      spark = TWO_CORES;
    }
  }

  @Test
  void aRunThatGoesOnFromAStateIsTheRunThatWasNeverInterrupted() throws IOException {
    List<Shard> shards = Trained.shards(directory, 4, 5, 3);
    TrainSettings settings = Trained.settings(2, Trained.COSINE, new Ema(20, 0.5));
    TrainingState whole = rounds(Trained.initial(NETWORK), settings, shards, 3);
    TrainingState first = rounds(Trained.initial(NETWORK), settings, shards, 1);
    assertBitEqual(rounds(first, settings, shards, 2), whole);
  }

  @Test
  void theClockCountsImagesOfAllWorkersAndStepsOfTheSlowest() throws IOException {
    List<Shard> shards = Trained.shards(directory, 8, 3);
    TrainingState end = rounds(Trained.initial(NETWORK), Trained.settings(2), shards, 2);
    assertThat(end.round()).isEqualTo(2);
    assertThat(end.images()).isEqualTo(22);
    assertThat(end.steps()).isEqualTo(6);
  }

  @Test
  void theLearningRateAdvancesOverRounds() throws IOException {
    List<Shard> shards = Trained.shards(directory, 6);
    Optimizer warmup = new Optimizer(0.01, 6, Decay.COSINE, 0.9, 0.999, 1e-8);
    TrainingState start = Trained.initial(NETWORK);
    TrainingState first = rounds(start, Trained.settings(1, warmup, new Ema(0, 0)), shards, 1);
    TrainSettings constant = Trained.settings(1, Trained.CONSTANT, new Ema(0, 0));
    TrainingState atFullRate = rounds(start, constant, shards, 1);
    assertThat(distance(first, start)).isLessThan(distance(atFullRate, start));
    // near the end of the run the cosine has all but stopped it
    TrainingState late =
        new TrainingState(
            1, IMAGES_OF_RUN - 6, 2, first.parameters(), first.moments(), first.ema());
    TrainingState lateEnd = rounds(late, Trained.settings(1, warmup, new Ema(0, 0)), shards, 1);
    TrainingState lateEndAtFullRate = rounds(late, constant, shards, 1);
    assertThat(distance(lateEnd, late)).isPositive();
    assertThat(distance(lateEnd, late)).isLessThan(0.05 * distance(lateEndAtFullRate, late));
  }

  private static double distance(TrainingState a, TrainingState b) {
    double sum = 0;
    for (int i = 0; i < a.parameters().length; i++) {
      sum += Math.pow(a.parameters()[i] - b.parameters()[i], 2);
    }
    return Math.sqrt(sum);
  }

  @Test
  void momentsAreCarriedIntoTheNextRound() throws IOException {
    List<Shard> shards = Trained.shards(directory, 6);
    TrainSettings settings = Trained.settings(1);
    TrainingState first = rounds(Trained.initial(NETWORK), settings, shards, 1);
    int count = first.parameters().length;
    assertThat(first.moments()).hasSize(2 * count);
    int changed = 0;
    for (int i = count; i < 2 * count; i++) {
      assertThat(first.moments()[i]).as("second moments").isNotNegative();
      changed += first.moments()[i] > 0 ? 1 : 0;
    }
    assertThat(changed).isGreaterThan(count / 2);
    TrainingState forgetful =
        new TrainingState(
            1,
            first.images(),
            first.steps(),
            first.parameters(),
            new float[2 * count],
            first.ema());
    assertThat(rounds(forgetful, settings, shards, 1).parameters())
        .isNotEqualTo(rounds(first, settings, shards, 1).parameters());
  }

  @Test
  void withoutHalfLifeTheMovingAverageIsTheWeights() throws IOException {
    List<Shard> shards = Trained.shards(directory, 6, 4);
    TrainSettings settings = Trained.settings(2, Trained.CONSTANT, new Ema(0, 0.5));
    TrainingState end = rounds(Trained.initial(NETWORK), settings, shards, 2);
    assertThat(end.ema()).isEqualTo(end.parameters());
  }

  @Test
  void withALongHalfLifeTheMovingAverageStaysAtTheStart() throws IOException {
    List<Shard> shards = Trained.shards(directory, 6, 4);
    TrainSettings settings = Trained.settings(2, Trained.CONSTANT, new Ema(1e9, 0));
    TrainingState start = Trained.initial(NETWORK);
    TrainingState end = rounds(start, settings, shards, 2);
    assertThat(doubles(end.ema())).containsExactly(doubles(start.parameters()), within(1e-6));
    assertThat(distance(end, start)).isGreaterThan(0.1);
  }

  @Test
  void aRoundIsOneSparkJobAndItsBroadcastIsDestroyed() throws Exception {
    List<Shard> shards = Trained.shards(directory, 4, 5);
    List<Broadcast<?>> broadcasts = new ArrayList<>();
    AtomicInteger jobs = new AtomicInteger();
    SparkListener counter =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            jobs.incrementAndGet();
          }
        };
    @SuppressWarnings("resource") // it is the shared context
    JavaSparkContext recording =
        new JavaSparkContext(spark.context().sc()) {
          @Override
          public <T> Broadcast<T> broadcast(T value) {
            Broadcast<T> broadcast = super.broadcast(value);
            broadcasts.add(broadcast);
            return broadcast;
          }
        };
    spark.context().sc().addSparkListener(counter);
    LongAccumulator progress = progress();
    RoundMaster master =
        new RoundMaster(
            Trained.initial(NETWORK), NETWORK, Trained.settings(2), IMAGES_OF_RUN, progress);
    try {
      train(
          recording,
          NETWORK,
          master,
          List.of(List.of(shards.get(0).path()), List.of(shards.get(1).path())));
      spark.context().sc().listenerBus().waitUntilEmpty();
    } finally {
      spark.context().sc().removeSparkListener(counter);
    }
    assertThat(jobs).hasValue(1);
    assertThat(broadcasts).hasSize(1);
    assertThatThrownBy(broadcasts.get(0)::value)
        .isInstanceOf(SparkException.class)
        .hasMessageContaining("after it was destroyed");
    assertThat(progress.value()).isEqualTo(9);
  }

  @Test
  void theMetricsOfARoundSayHowManyGradientsWereClipped() throws IOException {
    List<Shard> shards = Trained.shards(directory, 4, 5);
    Optimizer falling = new Optimizer(0.01, 0, Decay.COSINE, 0.9, 0.999, 1e-8, 1e-6);
    RoundMaster master =
        master(Trained.initial(NETWORK), Trained.settings(2, falling, new Ema(20, 0.5)));
    train(master, List.of(List.of(shards.get(0).path()), List.of(shards.get(1).path())));
    RoundMetrics metrics = RoundMetrics.of(master, 3, 0.09);
    assertThat(metrics.clippedShare()).isEqualTo(1);
    assertThat(metrics.gradientNorm()).isGreaterThan(1e-6);
    assertThat(metrics.learningRate()).isLessThan(0.01);
    assertThat(metrics.toJson()).contains("\"clipped_share\":1.0");
    assertThat(RoundMetrics.fromJson(metrics.toJson(), "metrics.jsonl")).isEqualTo(metrics);
  }

  @Test
  void theMetricsOfARoundAreThoseOfAllItsImages() throws IOException {
    List<Shard> shards = Trained.shards(directory, 4, 5);
    RoundMaster master = master(Trained.initial(NETWORK), Trained.settings(2));
    train(master, List.of(List.of(shards.get(0).path()), List.of(shards.get(1).path())));
    RoundMetrics metrics = RoundMetrics.of(master, 3, 0.09);
    assertThat(metrics.round()).isEqualTo(1);
    assertThat(metrics.imagesSeen()).isEqualTo(9);
    assertThat(metrics.imagesPerSecond()).isEqualTo(3);
    assertThat(metrics.lossByNoise().stream().mapToLong(LossByNoise.Bin::images).sum())
        .isEqualTo(9);
    assertThat(metrics.loss()).isFinite().isPositive();
    assertThat(metrics.learningRate()).isEqualTo(0.01);
    assertThat(metrics.gradientNorm()).isFinite().isPositive();
    assertThat(metrics.clippedShare()).isNull();
    assertThat(metrics.workerOffHeapBytes()).isPositive().isLessThan(metrics.workerBytes());
    assertThat(metrics.driverOffHeapBytes()).isPositive().isLessThan(metrics.driverBytes());
    assertThat(RoundMetrics.fromJson(metrics.toJson(), "metrics.jsonl")).isEqualTo(metrics);
    assertThat(metrics.toJson()).doesNotContain("\n").contains("\"images_seen\":9");
    assertThatThrownBy(() -> RoundMetrics.fromJson("{\"round\":", "metrics.jsonl"))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("metrics.jsonl is damaged: it holds no JSON, ");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, 1e25f, -3e38f})
  void numbersThatAreNotFiniteStopTheRoundAndKeepTheState(float pixel) throws IOException {
    List<LabeledImage> images = Trained.images(0, 6);
    images.get(4).pixels()[1] = pixel;
    Shard shard = Trained.shard(directory, "part-00007", images);
    Shard good = Trained.shard(directory, "part-00008", Trained.images(6, 3));
    TrainingState start = Trained.initial(NETWORK);
    RoundMaster master = master(start, Trained.settings(2));
    assertThatThrownBy(() -> train(master, List.of(List.of(good.path()), List.of(shard.path()))))
        .isInstanceOf(SparkException.class)
        .hasRootCauseInstanceOf(NonFiniteLossException.class)
        .rootCause()
        .hasMessageContaining("round 1")
        .hasMessageContaining("worker 1")
        .hasMessageContaining(shard.path())
        .hasMessageContaining("noise level s = ")
        .hasMessageContaining("What was saved before is unharmed");
    assertThat(master.state()).isSameAs(start);
  }
}
