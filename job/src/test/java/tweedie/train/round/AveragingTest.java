package tweedie.train.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.learning.config.Adam;
import tweedie.LocalSpark;
import tweedie.data.shard.DataStatistics;
import tweedie.data.shard.Shard;
import tweedie.network.DenoiserLayer;
import tweedie.network.NetworkSettings;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.Averaging;
import tweedie.train.TrainSettings.Decay;
import tweedie.train.TrainSettings.Ema;
import tweedie.train.TrainSettings.Moments;
import tweedie.train.TrainSettings.Optimizer;
import tweedie.train.averaging.NesterovStep;
import tweedie.train.averaging.OuterStep;
import tweedie.train.averaging.SlowMomentumStep;
import tweedie.train.averaging.WeightedMean;
import tweedie.train.checkpoint.Checkpoint;
import tweedie.train.checkpoint.Checkpoint.Origin;
import tweedie.train.checkpoint.CheckpointLosses;
import tweedie.train.checkpoint.Checkpoints;
import tweedie.train.checkpoint.TrainedData;

/** Laws of the ways of averaging, and of rounds that are parts of an epoch. */
class AveragingTest {

  private static final NetworkSettings NETWORK = Trained.network();
  private static final Ema EMA = new Ema(20, 0.5);
  private static final long IMAGES_OF_RUN = 60;

  private static final LocalSpark SPARK = LocalSpark.of("local[2]");

  @TempDir Path directory;

  /** Trains until this many epochs are done, each round as {@code plans} changes its plan. */
  private static TrainingState train(
      TrainingState from,
      TrainSettings settings,
      List<Shard> shards,
      int epochs,
      long imagesOfRun,
      UnaryOperator<RoundPlan> plans) {
    RoundMaster master =
        new RoundMaster(
            from, NETWORK, settings, imagesOfRun, SPARK.context().sc().longAccumulator());
    MultiLayerNetwork model =
        new MultiLayerNetwork(DenoiserLayer.configuration(NETWORK, new Adam()));
    try {
      model.init();
      SparkDl4jMultiLayer trainer = new SparkDl4jMultiLayer(SPARK.context(), model, master);
      while (master.state().epoch() < epochs) {
        master.train(
            trainer,
            plans.apply(RoundPlan.next(settings, master.state(), shards)),
            Trained.unkept(SPARK.context()));
      }
    } finally {
      DenoiserLayer.free(model);
    }
    return master.state();
  }

  private static TrainingState train(TrainSettings settings, List<Shard> shards, int epochs) {
    return train(
        Trained.initial(NETWORK),
        settings,
        shards,
        epochs,
        IMAGES_OF_RUN,
        UnaryOperator.identity());
  }

  private static void assertSame(TrainingState actual, TrainingState expected) {
    assertThat(actual.parameters()).isEqualTo(expected.parameters());
    assertThat(actual.moments()).isEqualTo(expected.moments());
    assertThat(actual.ema()).isEqualTo(expected.ema());
    assertThat(actual.images()).isEqualTo(expected.images());
    assertThat(actual.steps()).isEqualTo(expected.steps());
    assertThat(actual.position()).isEqualTo(expected.position());
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  private static Averaging averaging(OuterStep step, Moments moments, int every) {
    return new Averaging(step, moments, every, 0, 1);
  }

  /** Adam whose epsilon drowns the second moment steps along the gradient, as plain SGD does. */
  private static Optimizer sgd(double rate) {
    double epsilon = 1e6;
    return new Optimizer(rate * epsilon, 0, Decay.CONSTANT, 0, 0.999, epsilon);
  }

  @Test
  void oneStepOfSgdByEveryWorkerIsOneStepOnAllTheirImages() throws IOException {
    List<Shard> shards = Trained.shards(directory, 3, 3, 3);
    TrainSettings three = Trained.settings(3, sgd(0.1), new Ema(0, 0));
    TrainSettings one = Trained.withWorkers(Trained.withBatchSize(three, 9), 1);
    TrainingState start = Trained.initial(NETWORK);
    start.parameters()[start.parameters().length - 1] = 1; // the gain of the output, 0 at first
    TrainingState together =
        train(start, three, shards, 1, IMAGES_OF_RUN, UnaryOperator.identity());
    TrainingState alone = train(start, one, shards, 1, IMAGES_OF_RUN, UnaryOperator.identity());
    double moved = 0;
    for (int i = 0; i < start.parameters().length; i++) {
      assertThat((double) together.parameters()[i]).isCloseTo(alone.parameters()[i], within(1e-6));
      moved = Math.max(moved, Math.abs(alone.parameters()[i] - start.parameters()[i]));
    }
    assertThat(moved).as("the step itself").isGreaterThan(1e-3);
  }

  @Test
  void oneWorkerIsTheSameHoweverOftenItIsAveraged() throws IOException {
    List<Shard> shards = Trained.shards(directory, 7, 5, 2);
    TrainSettings settings = Trained.settings(1, Trained.COSINE, EMA);
    TrainingState whole = train(settings, shards, 2);
    assertThat(whole.round()).isEqualTo(2);
    for (int every : new int[] {1, 2, 4}) {
      TrainingState parts =
          train(Trained.withAveraging(settings, Trained.meanEvery(every)), shards, 2);
      assertSame(parts, whole);
      assertThat(parts.round()).isEqualTo(2 * ((5 + every - 1) / every));
    }
    TrainingState warmedUp =
        train(
            Trained.withAveraging(
                settings, new Averaging(new WeightedMean(), Moments.MEAN, 0, 8, 1)),
            shards,
            2);
    assertSame(warmedUp, whole);
    assertThat(warmedUp.round()).as("three rounds of one step, then epochs").isEqualTo(5);
  }

  @Test
  void oneWorkersOwnMomentsAreTheAveragedOnes() throws IOException {
    List<Shard> shards = Trained.shards(directory, 7, 5);
    TrainSettings settings = Trained.settings(1, Trained.COSINE, EMA);
    assertSame(
        train(
            Trained.withAveraging(settings, averaging(new WeightedMean(), Moments.OWN, 2)),
            shards,
            2),
        train(Trained.withAveraging(settings, Trained.meanEvery(2)), shards, 2));
  }

  @Test
  void averagingMoreOftenIsAnotherModel() throws IOException {
    List<Shard> shards = Trained.shards(directory, 6, 6);
    TrainSettings settings = Trained.settings(2);
    assertThat(train(Trained.withAveraging(settings, Trained.meanEvery(1)), shards, 1).parameters())
        .isNotEqualTo(train(settings, shards, 1).parameters());
  }

  @Test
  void momentumOverRoundsTravelsInTheState() throws IOException {
    List<Shard> shards = Trained.shards(directory, 6, 6);
    TrainSettings settings = Trained.settings(2, Trained.COSINE, EMA);
    TrainingState mean = train(Trained.withAveraging(settings, Trained.meanEvery(1)), shards, 2);
    assertThat(mean.momentum()).isEmpty();
    for (OuterStep none : List.of(new NesterovStep(1, 0), new SlowMomentumStep(1, 0))) {
      assertSame(
          train(Trained.withAveraging(settings, averaging(none, Moments.MEAN, 1)), shards, 2),
          mean);
    }
    for (OuterStep some : List.of(new NesterovStep(0.7, 0.9), new SlowMomentumStep(1, 0.5))) {
      TrainSettings withMomentum =
          Trained.withAveraging(settings, averaging(some, Moments.MEAN, 1));
      TrainingState end = train(withMomentum, shards, 2);
      assertThat(end.momentum()).hasSameSizeAs(end.parameters());
      assertThat(end.parameters()).isNotEqualTo(mean.parameters());
    }
  }

  @Test
  void aRunGoesOnInTheMiddleOfAnEpochFromItsCheckpoint() throws IOException {
    List<Shard> shards = Trained.shards(directory.resolve("shards"), 7, 5, 8);
    TrainSettings settings =
        Trained.withAveraging(
            Trained.settings(2, Trained.COSINE, EMA),
            averaging(new NesterovStep(0.7, 0.9), Moments.OWN, 2));
    TrainingState whole = train(settings, shards, 2);
    Checkpoints checkpoints =
        new Checkpoints(
            FileSystem.getLocal(new Configuration()),
            new org.apache.hadoop.fs.Path(directory.toUri()));
    DataStatistics statistics = new DataStatistics(1, new double[] {0}, 0, 1, 1, 1, List.of(), "");
    TrainedData data = new TrainedData("1", 1, Trained.SHAPE, statistics);
    CheckpointLosses losses = new CheckpointLosses(1, null);
    TrainingState state = Trained.initial(NETWORK);
    int interruptions = 0;
    while (state.epoch() < 2) {
      RoundPlan plan = RoundPlan.next(settings, state, shards);
      int rounds = state.round();
      RoundMaster master =
          new RoundMaster(
              state, NETWORK, settings, IMAGES_OF_RUN, SPARK.context().sc().longAccumulator());
      MultiLayerNetwork model =
          new MultiLayerNetwork(DenoiserLayer.configuration(NETWORK, new Adam()));
      model.init();
      master.train(
          new SparkDl4jMultiLayer(SPARK.context(), model, master),
          plan,
          Trained.unkept(SPARK.context()));
      DenoiserLayer.free(model);
      checkpoints.save(
          new Checkpoint(NETWORK, master.state(), Optional.of(new Origin("", data, losses))), 2);
      state = checkpoints.latest().orElseThrow().state();
      assertThat(state.round()).isEqualTo(rounds + 1);
      interruptions += state.position().step() > 0 ? 1 : 0;
    }
    assertThat(interruptions).isPositive();
    assertSame(state, whole);
    assertThat(state.momentum()).isEqualTo(whole.momentum());
  }

  @ParameterizedTest
  @EnumSource(Moments.class)
  void theResultDoesNotDependOnTheOrderOfThePartitions(Moments moments) throws IOException {
    List<Shard> shards = Trained.shards(directory, 4, 5, 3, 6);
    TrainSettings settings =
        Trained.withAveraging(
            Trained.settings(3, Trained.COSINE, EMA),
            averaging(new NesterovStep(0.7, 0.9), moments, 1));
    TrainingState inOrder = train(settings, shards, 1);
    TrainingState reversed =
        train(
            Trained.initial(NETWORK),
            settings,
            shards,
            1,
            IMAGES_OF_RUN,
            plan -> {
              List<RoundPlan.Share> shares = new ArrayList<>(plan.shares());
              Collections.reverse(shares);
              return new RoundPlan(shares, plan.end());
            });
    assertSame(reversed, inOrder);
    assertThat(reversed.momentum()).isEqualTo(inOrder.momentum());
  }

  @Test
  void aWorkerWithoutImagesKeepsItsMomentsAndDoesNotCount() throws IOException {
    List<Shard> shards = Trained.shards(directory, 9);
    TrainSettings two =
        Trained.withAveraging(Trained.settings(2), averaging(new WeightedMean(), Moments.OWN, 0));
    TrainingState end = train(two, shards, 1);
    int length = 2 * end.parameters().length;
    assertThat(end.moments()).hasSize(2 * length);
    int idle = 0;
    for (int worker = 0; worker < 2; worker++) {
      float[] own = RoundAverage.moments(end, worker);
      idle += java.util.Arrays.equals(own, new float[length]) ? 1 : 0;
    }
    assertThat(idle).isEqualTo(1);
    TrainSettings sameRate =
        Trained.withAveraging(
            Trained.settings(1, Trained.CONSTANT, new Ema(0, 0)), two.averaging());
    assertThat(end.parameters()).isEqualTo(train(sameRate, shards, 1).parameters());
  }

  @Test
  void resetMomentsBeginEveryRoundWithAFreshAdam() throws IOException {
    List<Shard> shards = Trained.shards(directory, 6);
    TrainSettings reset =
        Trained.withAveraging(
            Trained.settings(1, Trained.CONSTANT, new Ema(0, 0)),
            averaging(new WeightedMean(), Moments.RESET, 0));
    TrainingState first = train(reset, shards, 1);
    TrainingState second = train(first, reset, shards, 2, IMAGES_OF_RUN, UnaryOperator.identity());
    TrainingState fresh =
        new TrainingState(
            1,
            first.images(),
            0,
            first.parameters(),
            new float[2 * first.parameters().length],
            first.ema());
    TrainSettings carried = Trained.withAveraging(reset, Averaging.MEAN_OF_EPOCHS);
    assertThat(second.parameters())
        .isEqualTo(
            train(fresh, carried, shards, 2, IMAGES_OF_RUN, UnaryOperator.identity()).parameters());
    assertThat(second.steps()).as("the clock of the run goes on").isEqualTo(4);
  }

  /** The cosine ends with the images of the run; with those of round 1 and a step, in round 2. */
  @Test
  void aLearningRateThatEndsInRoundTwoEndsInRoundTwo() throws IOException {
    List<Shard> shards = Trained.shards(directory, 9);
    TrainSettings settings =
        Trained.withAveraging(
            Trained.settings(
                1, new Optimizer(0.01, 0, Decay.COSINE, 0.9, 0.999, 1e-8), new Ema(0, 0)),
            Trained.meanEvery(1));
    List<TrainingState> ends = new ArrayList<>();
    RoundMaster master =
        new RoundMaster(
            Trained.initial(NETWORK), NETWORK, settings, 6, SPARK.context().sc().longAccumulator());
    MultiLayerNetwork model =
        new MultiLayerNetwork(DenoiserLayer.configuration(NETWORK, new Adam()));
    model.init();
    for (int round = 0; round < 3; round++) {
      master.train(
          new SparkDl4jMultiLayer(SPARK.context(), model, master),
          RoundPlan.next(settings, master.state(), shards),
          Trained.unkept(SPARK.context()));
      ends.add(master.state());
    }
    DenoiserLayer.free(model);
    assertThat(ends.get(0).parameters()[ends.get(0).parameters().length - 1])
        .as("the gain of the output, 0 at first, after round 1 at half the rate")
        .satisfies(gain -> assertThat(Math.abs(gain)).isGreaterThan(0.004f));
    for (int round = 1; round < 3; round++) {
      // where the rate is 0, DL4J's Adam steps at the rate epsilon
      assertThat(doubles(ends.get(round).parameters()))
          .as("round %d, at the rate 0", round + 1)
          .containsExactly(doubles(ends.get(0).parameters()), within(1e-6));
      assertThat(ends.get(round).moments()).isNotEqualTo(ends.get(round - 1).moments());
    }
  }

  @Test
  void momentsThatDoNotFitAreRefused() {
    TrainingState start = Trained.initial(NETWORK);
    TrainingState ofTwo =
        new TrainingState(
            1, 9, 3, start.parameters(), new float[4 * start.parameters().length], start.ema());
    assertThatThrownBy(
            () ->
                new RoundMaster(
                    ofTwo,
                    NETWORK,
                    Trained.settings(2),
                    IMAGES_OF_RUN,
                    SPARK.context().sc().longAccumulator()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("do not fit")
        .hasMessageContaining("2 workers and train.averaging.moments = mean");
  }
}
