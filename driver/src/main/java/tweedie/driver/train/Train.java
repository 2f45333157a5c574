package tweedie.driver.train;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.shard.DataStatistics;
import tweedie.data.shard.ShardedImages;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.run.RunDirectory;
import tweedie.driver.run.RunLock;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.engine.BatchCheck;
import tweedie.train.TrainSettings;
import tweedie.train.checkpoint.Checkpoint;
import tweedie.train.checkpoint.Checkpoint.Origin;
import tweedie.train.round.LocalTraining;
import tweedie.train.round.RoundMetrics;
import tweedie.train.round.TrainingState;

/**
 * Trains a network on a data set, or goes on from the newest checkpoint of the run.
 *
 * <p>In a round all workers train on their shards from the shared parameters, then these are
 * averaged and a checkpoint is written.
 */
public final class Train {

  private static final Logger LOG = LoggerFactory.getLogger(Train.class);

  private final SparkSession session;
  private final JavaSparkContext spark;
  private final TrainRequest request;
  private final LoadedSettings config;

  public Train(TrainRequest request, SparkSession session) {
    this.session = session;
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.request = request;
    this.config = request.config();
  }

  /**
   * What was trained.
   *
   * @param state the state after the last round
   * @param checkpoint directory of that state
   * @param rounds the metrics of the rounds that this call trained
   */
  public record Result(TrainingState state, Path checkpoint, List<RoundMetrics> rounds) {}

  public Result execute() throws IOException {
    TrainingCheck check = TrainingCheck.of(config, session);
    if (!check.problems().isEmpty()) {
      throw new ConfigException(check.problems());
    }
    ShardedImages data = check.data().orElseThrow();
    Optional<ShardedImages> heldOut = check.heldOut();
    batch(data.shape()).run(spark);
    RunDirectory run = RunDirectory.at(request.run(), spark.hadoopConfiguration());
    try (RunLock lock = run.lock()) {
      return execute(run, lock, data, heldOut);
    }
  }

  private BatchCheck batch(ImageShape shape) {
    NetworkSettings network = TrainingProblems.network(config.settings(), shape);
    TrainSettings training = FromSettings.training(config.settings());
    return new BatchCheck(
        "tweedie.train.batch-size",
        training.batchSize(),
        images -> LocalTraining.tryStep(network, training, images));
  }

  private Result execute(
      RunDirectory run, RunLock lock, ShardedImages data, Optional<ShardedImages> heldOut)
      throws IOException {
    // what prepare() reads would stay on the heap, were its variables those of this method
    try (Training training = prepare(run, lock, data, heldOut)) {
      return training.rounds();
    }
  }

  private Training prepare(
      RunDirectory run, RunLock lock, ShardedImages data, Optional<ShardedImages> heldOut)
      throws IOException {
    Optional<Checkpoint> checkpoint = run.latest();
    Optional<Origin> origin = checkpoint.flatMap(Checkpoint::origin);
    if (checkpoint.isPresent()) {
      new ResumeCheck(request)
          .check(run.configOf(checkpoint.get()), origin.map(Origin::data), data);
    }
    DataStatistics statistics;
    if (origin.isPresent()) {
      statistics = origin.get().data().statistics();
    } else {
      statistics = checkpoint.isPresent() ? run.statistics() : measured(data);
    }
    NetworkSettings network = FromSettings.network(config.settings(), data.shape(), statistics);
    TrainingState state =
        checkpoint.map(found -> resume(found, network)).orElseGet(() -> initial(network));
    return new Training(
        spark, request, run, lock, new Training.Images(data, statistics, heldOut), network, state);
  }

  private DataStatistics measured(ShardedImages data) throws IOException {
    DataStatistics statistics = DataStatistics.of(spark, data);
    TrainingProblems.ofStatistics(config, statistics)
        .ifPresent(
            problem -> {
              throw new ConfigException(problem);
            });
    return statistics;
  }

  private TrainingState initial(NetworkSettings network) {
    try (Network untrained = new Network(network)) {
      return TrainingState.initial(untrained.initialParameters(config.settings().seed()));
    }
  }

  private TrainingState resume(Checkpoint checkpoint, NetworkSettings network) {
    if (!checkpoint.network().equals(network)) {
      throw new DataException(
          "The run %s has checkpoints of another network: it has %s, the settings say %s. Use another --run, or the settings of this one."
              .formatted(request.run(), checkpoint.network(), network));
    }
    LOG.info("continues {} after round {}", request.run(), checkpoint.state().round());
    return checkpoint.state();
  }
}
