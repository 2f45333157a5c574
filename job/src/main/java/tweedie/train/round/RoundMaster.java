package tweedie.train.round;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.deeplearning4j.core.loader.DataSetLoader;
import org.deeplearning4j.core.loader.MultiDataSetLoader;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.device.TaskResources;
import tweedie.network.NetworkSettings;
import tweedie.train.NonFiniteLossException;
import tweedie.train.PackedShard;
import tweedie.train.ShardImages;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.Moments;
import tweedie.train.TrainSettings.OnDivergence;

/**
 * dl4j-spark's training SPI for rounds of parameter averaging: one call trains one round, in one
 * Spark job.
 *
 * <p>The partitions of the RDD of shard paths are the workers. Stock {@code
 * ParameterAveragingTrainingMaster} (1.0.0-M2) is not used because it drops Adam's moments and
 * clock, weighs workers without regard to their images, reports the score of the last minibatch,
 * never destroys its broadcasts, takes four Spark jobs a round, and exports the data once an epoch,
 * which would freeze the noise.
 */
public final class RoundMaster extends PathsTrainingMaster {

  /** Measured: of a parameter, 123 did not do for 15 million of them, and 137 did. */
  private static final int HEAP_BYTES = 128;

  private static final Logger LOG = LoggerFactory.getLogger(RoundMaster.class);

  private final NetworkSettings network;
  private final TrainSettings settings;
  private final long imagesOfRun;
  private final LongAccumulator progress;
  private final RoundReduction reduction;
  private TrainingState state;
  private RoundPlan plan;
  private KeptShards kept;
  private List<WorkerResult> lastResults = List.of();
  private RoundMetrics.Spread lastSpread;
  private int lastRollbacks;

  /**
   * A master that goes on from a state.
   *
   * @param state whose moments are those of one Adam, or of one for each worker where these have
   *     their own
   * @param imagesOfRun images that all workers see in the whole run, for the learning rate
   * @param progress counts images as workers train on them
   */
  public RoundMaster(
      TrainingState state,
      NetworkSettings network,
      TrainSettings settings,
      long imagesOfRun,
      LongAccumulator progress) {
    this(state, network, settings, imagesOfRun, progress, RoundReduction.STANDARD);
  }

  RoundMaster(
      TrainingState state,
      NetworkSettings network,
      TrainSettings settings,
      long imagesOfRun,
      LongAccumulator progress,
      RoundReduction reduction) {
    int moments = state.moments().length;
    int ofOne = 2 * state.parameters().length;
    if (moments != ofOne
        && !(settings.averaging().moments() == Moments.OWN
            && moments == settings.workers() * ofOne)) {
      throw new IllegalArgumentException(
          "The state has %d Adam moments, which do not fit %d parameters, %d workers and train.averaging.moments = %s"
              .formatted(
                  moments,
                  state.parameters().length,
                  settings.workers(),
                  settings.averaging().moments().name().toLowerCase(Locale.ROOT)));
    }
    this.state = state;
    this.network = network;
    this.settings = settings;
    this.imagesOfRun = imagesOfRun;
    this.progress = progress;
    this.reduction = reduction;
  }

  /** About how many bytes of results come to the driver in a round. */
  public static long bytesToDriver(long parameters, int workers) {
    return RoundReduction.STANDARD.bytesToDriver(parameters, workers);
  }

  /**
   * Bytes of heap without which no round ends where the driver is the only executor: the state
   * before the round and after it, as arrays and as Spark sends them.
   */
  public static long heapOfOneProcess(long parameters) {
    return HEAP_BYTES * parameters;
  }

  /** The shared state after the last round. */
  public TrainingState state() {
    return state;
  }

  /**
   * What the workers of the last round returned, in the order of their numbers; without weights,
   * moments and moving averages where these did not come to the driver.
   */
  public List<WorkerResult> lastResults() {
    return lastResults;
  }

  /** How the workers of the last round differed. */
  RoundMetrics.Spread lastSpread() {
    return lastSpread;
  }

  /** How often the last round was tried again. */
  int lastRollbacks() {
    return lastRollbacks;
  }

  /**
   * Trains one round, which may take several tries with {@link
   * TrainSettings.OnDivergence#ROLLBACK}.
   *
   * @param kept the shards of the plan, which executors may keep
   * @throws NonFiniteLossException if no worker is left, or after too many tries
   */
  public void train(SparkDl4jMultiLayer trainer, RoundPlan plan, KeptShards kept) {
    this.plan = plan;
    this.kept = kept;
    int before = state.round();
    lastResults = List.of(); // their numbers would take heap of this round
    lastRollbacks = 0;
    while (state.round() == before) {
      trainer.fitPaths(plan.paths(trainer.getSparkContext()));
    }
  }

  @Override
  public void executeTrainingPaths(
      SparkDl4jMultiLayer spark,
      SparkComputationGraph graph,
      JavaRDD<String> shardPaths,
      DataSetLoader loader,
      MultiDataSetLoader multiLoader) {
    Broadcast<TrainingState> start = spark.getSparkContext().broadcast(state);
    try {
      RoundWorker worker = new RoundWorker(start, network, settings, imagesOfRun, progress);
      JavaRDD<WorkerResult> results =
          kept.readsFiles()
              ? shardPaths.mapPartitionsWithIndex(new TrainPartition(worker, plan.slices()), true)
              : kept.dealt(plan)
                  .mapPartitionsWithIndex(new TrainOnKept(worker, plan.slices()), true);
      double learningRate = WorkerSteps.learningRate(state, settings, imagesOfRun, 0).valueAt(0, 0);
      RoundPart.Rule rule = new RoundPart.Rule(settings, plan.end(), learningRate);
      RoundPart end = reduction.of(results, state, start, rule);
      lastResults = end.results();
      if (!accepted(lastResults)) {
        return;
      }
      lastSpread =
          new RoundMetrics.Spread(
              end.drift().of(lastResults), end.noise().scale(settings, lastResults));
      state = end.state();
      try (INDArray parameters = Nd4j.createFromArray(state.parameters())) {
        spark.getNetwork().params().assign(parameters);
      }
    } finally {
      start.destroy();
    }
  }

  /** Whether the round counts; if it does not, the next try is at half the learning rate. */
  private boolean accepted(List<WorkerResult> results) {
    List<String> divergences =
        results.stream().map(WorkerResult::divergence).filter(Objects::nonNull).toList();
    if (divergences.isEmpty()) {
      return true;
    }
    if (settings.onDivergence() == OnDivergence.ROLLBACK) {
      if (state.halvings() >= settings.maxRollbacks()) {
        throw new NonFiniteLossException(
            "%s The learning rate was halved %d times already, which is train.max-rollbacks."
                .formatted(divergences.get(0), state.halvings()));
      }
      state = state.slowed();
      lastRollbacks++;
      LOG.warn(
          "Round {} is tried again at half the learning rate, rollback {} of {}: {}",
          state.round() + 1,
          state.halvings(),
          settings.maxRollbacks(),
          divergences.get(0));
      return false;
    }
    if (RoundAverage.trained(results).isEmpty()) {
      throw new NonFiniteLossException(
          "No worker of the round is left. The first said: " + divergences.get(0));
    }
    divergences.forEach(
        why -> LOG.warn("Round {} goes on without a worker: {}", state.round() + 1, why));
    return true;
  }

  /** Trains the worker of each partition on its shards. */
  private record TrainPartition(RoundWorker worker, List<RoundPlan.Slice> slices)
      implements Function2<Integer, Iterator<String>, Iterator<WorkerResult>>, Serializable {

    @Override
    public Iterator<WorkerResult> call(Integer partition, Iterator<String> shards) {
      return List.of(
              worker.train(slices.get(partition), ShardImages.read(shards, TaskResources.hadoop())))
          .iterator();
    }
  }

  /** The same where the shards are kept. */
  private record TrainOnKept(RoundWorker worker, List<RoundPlan.Slice> slices)
      implements Function2<Integer, Iterator<PackedShard>, Iterator<WorkerResult>>, Serializable {

    @Override
    public Iterator<WorkerResult> call(Integer partition, Iterator<PackedShard> shards) {
      return List.of(worker.train(slices.get(partition), ShardImages.unpacked(shards))).iterator();
    }
  }

  @Override
  public String toJson() {
    return settings.toString();
  }
}
