package tweedie.driver.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.nd4j.linalg.learning.config.Adam;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.shard.DataStatistics;
import tweedie.data.shard.ShardedData;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.JobSettings;
import tweedie.driver.config.Loaded;
import tweedie.driver.config.Problem;
import tweedie.driver.config.Settings;
import tweedie.driver.progress.Progress;
import tweedie.driver.progress.TaskProgress;
import tweedie.driver.run.RunDirectory;
import tweedie.driver.run.RunLock;
import tweedie.network.DenoiserLayer;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.Dequantization;
import tweedie.train.checkpoint.Checkpoint;
import tweedie.train.checkpoint.Checkpoint.Origin;
import tweedie.train.checkpoint.Checkpoints;
import tweedie.train.checkpoint.Losses;
import tweedie.train.checkpoint.TrainedData;
import tweedie.train.round.KeptShards;
import tweedie.train.round.RoundMaster;
import tweedie.train.round.RoundMetrics;
import tweedie.train.round.RoundPlan;
import tweedie.train.round.RoundWarnings;
import tweedie.train.round.TrainingState;
import tweedie.train.round.TrainingState.Position;
import tweedie.train.round.Validation;

/**
 * Trains a network on a data set, or goes on from the newest checkpoint of the run.
 *
 * <p>In a round all workers train on their shards from the shared parameters, then these are
 * averaged and a checkpoint is written.
 */
public final class Train {

  private static final Logger LOG = LoggerFactory.getLogger(Train.class);

  private static final long MEGABYTE = 1 << 20;

  private final JavaSparkContext spark;
  private final Path runPath;
  private final Loaded config;
  private final Resumption resumption;

  public Train(TrainRequest request, SparkSession session) {
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.runPath = request.run();
    this.config = request.config();
    this.resumption = new Resumption(request);
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
    ShardedData data =
        JobSettings.data(
            config,
            "tweedie.data.path",
            config.settings().data().path(),
            spark.hadoopConfiguration());
    List<Problem> problems = problems(config, data);
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    Optional<ShardedData> heldOut = heldOut(data.shape());
    RunDirectory run = RunDirectory.at(runPath, spark.hadoopConfiguration());
    try (RunLock lock = run.lock()) {
      return execute(run, lock, data, heldOut);
    }
  }

  private Result execute(
      RunDirectory run, RunLock lock, ShardedData data, Optional<ShardedData> heldOut)
      throws IOException {
    // what it reads would stay on the heap, were its variables those of this method
    Prepared prepared = prepare(run, data, heldOut);
    run.probe(Checkpoints.bytes(prepared.master.state()));
    lock.whileOwned(
        () -> {
          run.sweep();
          run.writeConfig(config.resolved());
          run.writeStatistics(prepared.statistics);
        });
    return rounds(run, lock, data, prepared);
  }

  /** What rounds begin with. */
  private record Prepared(
      DataStatistics statistics,
      NetworkSettings network,
      RoundMaster master,
      LongAccumulator trained,
      Optional<Validation> validation) {}

  private Prepared prepare(RunDirectory run, ShardedData data, Optional<ShardedData> heldOut)
      throws IOException {
    Settings settings = config.settings();
    TrainSettings training = JobSettings.training(settings);
    Optional<Checkpoint> checkpoint = run.checkpoints().latest();
    Optional<Origin> origin = checkpoint.flatMap(Checkpoint::origin);
    if (checkpoint.isPresent()) {
      resumption.check(run.configOf(checkpoint.get()), origin.map(Origin::data), data);
    }
    DataStatistics statistics;
    if (origin.isPresent()) {
      statistics = origin.get().data().statistics();
    } else {
      statistics = checkpoint.isPresent() ? run.statistics() : measured(data);
    }
    NetworkSettings network = JobSettings.network(settings, data.shape(), statistics);
    TrainingState state =
        checkpoint.map(found -> resume(found, network)).orElseGet(() -> initial(network));
    heapProblem(config, spark, state.parameters().length)
        .ifPresent(
            problem -> {
              throw new ConfigException(List.of(problem));
            });
    LongAccumulator trained = spark.sc().longAccumulator("images trained");
    return new Prepared(
        statistics,
        network,
        new RoundMaster(state, network, training, data.images() * training.epochs(), trained),
        trained,
        heldOut.map(found -> new Validation(found.shards(), network, training)));
  }

  private Result rounds(RunDirectory run, RunLock lock, ShardedData data, Prepared prepared)
      throws IOException {
    TrainSettings training = JobSettings.training(config.settings());
    DataStatistics statistics = prepared.statistics;
    RoundMaster master = prepared.master;
    LOG.info(
        "{} images of {} in {} shards, pixel mean {}, std {}; {} parameters, {} workers",
        data.images(),
        data.shape(),
        data.shards().size(),
        "%.4f".formatted(statistics.mean()),
        "%.4f".formatted(statistics.std()),
        master.state().parameters().length,
        training.workers());
    logNoise(statistics);
    if (master.state().epoch() >= training.epochs()) {
      LOG.info(
          "{} has its {} epochs already; raise tweedie.train.epochs to train on",
          runPath,
          master.state().epoch());
    }
    List<RoundMetrics> metrics = run.metrics(master.state().round());
    int before = metrics.size();
    MultiLayerNetwork model =
        new MultiLayerNetwork(DenoiserLayer.configuration(prepared.network, new Adam()));
    model.init(); // one that is not cannot be closed
    try (RoundSource source = RoundSource.register();
        KeptShards kept = new KeptShards(spark, data.shards(), config.settings().train().cache())) {
      SparkDl4jMultiLayer trainer = new SparkDl4jMultiLayer(spark, model, master);
      while (master.state().epoch() < training.epochs()) {
        run.probe(Checkpoints.bytes(master.state()));
        RoundMetrics trainedRound =
            round(trainer, master, data, kept, statistics, training, prepared.trained);
        RoundMetrics line =
            validated(trainedRound, prepared.validation, master.state(), statistics, training);
        metrics.add(line);
        source.show(line);
        RoundWarnings.of(metrics).forEach(LOG::warn);
        Checkpoint checkpoint =
            new Checkpoint(
                prepared.network,
                master.state(),
                Optional.of(
                    new Origin(
                        config.resolved(),
                        TrainedData.of(data, statistics),
                        new Losses(line.loss(), line.validationLoss()))));
        lock.whileOwned(
            () -> {
              // a line without its checkpoint is dropped when the run goes on
              run.writeMetrics(metrics);
              run.checkpoints().save(checkpoint, config.settings().train().keepCheckpoints());
            });
      }
    } finally {
      model.close();
    }
    return new Result(
        master.state(),
        run.checkpoints().path(master.state().round()),
        metrics.subList(before, metrics.size()));
  }

  /** Says whether the noise that is trained suits the data, and by what the images are centred. */
  private void logNoise(DataStatistics statistics) {
    JobSettings.MeanNoise noise = JobSettings.meanNoise(config.settings());
    double distance = statistics.largestDistance();
    LOG.info(
        "noise {} to {} of the mean of the copies; the largest distance of two images is {}{}; the"
            + " network sees pixels less {}, their mean, over {}, their standard deviation",
        "%.4g".formatted(noise.min()),
        "%.4g".formatted(noise.max()),
        distance > 0 ? "%.4g".formatted(distance) : "not measured",
        distance > 0 && noise.max() < distance && noise.max() > noise.min()
            ? ", which chains that start at less noise do not cross: a larger sigma-max reaches"
                + " everywhere"
            : "",
        "%.4f".formatted(statistics.mean()),
        "%.4f".formatted(statistics.std()));
  }

  @SuppressWarnings("try") // the listener works by being attached
  private RoundMetrics round(
      SparkDl4jMultiLayer trainer,
      RoundMaster master,
      ShardedData data,
      KeptShards kept,
      DataStatistics statistics,
      TrainSettings training,
      LongAccumulator trained) {
    TrainingState start = master.state();
    RoundPlan plan = RoundPlan.next(training, start, data.shards());
    String name =
        start.position().equals(new Position(start.round(), 0)) && plan.images() == data.images()
            ? "round %d/%d".formatted(start.round() + 1, training.epochs())
            : "round %d, epoch %d/%d"
                .formatted(start.round() + 1, start.epoch() + 1, training.epochs());
    spark.setJobGroup("tweedie train " + runPath, name);
    trained.reset();
    long began = System.nanoTime();
    try (Progress progress = Progress.start(name, "images", plan.images());
        TaskProgress attached = TaskProgress.attach(spark.sc(), trained, progress)) {
      master.train(trainer, plan, kept);
    } finally {
      spark.clearJobGroup();
    }
    RoundMetrics metrics =
        RoundMetrics.of(
            master, (System.nanoTime() - began) / 1e9, statistics.varianceAboutMeanImage());
    LOG.info(
        "{} loss={} images/s={} seconds={} drift={} slowest={} memory={}MB",
        name,
        "%.5f".formatted(metrics.loss()),
        "%.1f".formatted(metrics.imagesPerSecond()),
        "%.1f".formatted(metrics.seconds()),
        "%.3f".formatted(metrics.drift()),
        "%.1f".formatted(metrics.slowestWorkerSeconds()),
        metrics.workerBytes() / 1_000_000);
    return metrics;
  }

  private RoundMetrics validated(
      RoundMetrics round,
      Optional<Validation> validation,
      TrainingState state,
      DataStatistics statistics,
      TrainSettings training) {
    boolean due =
        state.round() % config.settings().train().validation().every() == 0
            || state.epoch() >= training.epochs();
    if (validation.isEmpty() || !due) {
      return round;
    }
    spark.setJobGroup("tweedie train " + runPath, "validation after round " + state.round());
    try {
      RoundMetrics validated =
          round.withValidation(
              validation.get().of(spark, state.ema()), statistics.varianceAboutMeanImage());
      LOG.info(
          "round {} validation_loss={}",
          state.round(),
          "%.5f".formatted(validated.validationLoss()));
      return validated;
    } finally {
      spark.clearJobGroup();
    }
  }

  /** The held-out images, if there are any. */
  private Optional<ShardedData> heldOut(ImageShape shape) throws IOException {
    String path = config.settings().data().validationPath();
    if (path.isEmpty()) {
      return Optional.empty();
    }
    ShardedData heldOut =
        JobSettings.data(config, "tweedie.data.validation-path", path, spark.hadoopConfiguration());
    if (!heldOut.shape().equals(shape)) {
      throw new ConfigException(
          List.of(
              config.problem(
                  "tweedie.data.validation-path",
                  "holds images of %s; those of tweedie.data.path are of %s"
                      .formatted(heldOut.shape(), shape))));
    }
    return Optional.of(heldOut);
  }

  private DataStatistics measured(ShardedData data) {
    DataStatistics statistics = DataStatistics.of(spark, data);
    if (!Double.isFinite(statistics.mean()) || !Double.isFinite(statistics.std())) {
      throw new DataException(
          "%s holds values that are not finite: the mean of all pixels is %s, their standard deviation %s. Import it again without them."
              .formatted(config.settings().data().path(), statistics.mean(), statistics.std()));
    }
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
              .formatted(runPath, checkpoint.network(), network));
    }
    LOG.info("continues {} after round {}", runPath, checkpoint.state().round());
    return checkpoint.state();
  }

  /** What can only be known once the data are seen; all problems at once. */
  public static List<Problem> problems(Loaded config, ShardedData data) {
    Settings settings = config.settings();
    List<Problem> problems = new ArrayList<>();
    if (settings.train().batchSize() > data.images()) {
      problems.add(
          config.problem(
              "tweedie.train.batch-size",
              "must be at most the number of images, " + data.images()));
    }
    if (settings.train().workers() > data.shards().size()) {
      problems.add(
          config.problem(
              "tweedie.train.workers",
              "must be at most the number of shards, %d: a worker without a shard has nothing to train on"
                  .formatted(data.shards().size())));
    }
    if (settings.data().dequantization() == Dequantization.UNIFORM && !data.eightBit()) {
      problems.add(
          config.problem(
              "tweedie.data.dequantization",
              "is for 8-bit images, and %s holds other numbers".formatted(settings.data().path())));
    }
    misfit(config, data.shape()).ifPresent(problems::add);
    return problems;
  }

  /** Why a network of these settings cannot take images of this shape. */
  public static Optional<Problem> misfit(Loaded config, ImageShape shape) {
    Settings.Model model = config.settings().model();
    int divisor = 1 << model.halvings();
    return model.network() == NetworkSettings.Kind.UNET
            && (shape.height() % divisor != 0 || shape.width() % divisor != 0)
        ? Optional.of(
            config.problem(
                "tweedie.model.halvings",
                "does not fit images of %s: height and width must divide by %d (a vector needs model.network = mlp)"
                    .formatted(shape, divisor)))
        : Optional.empty();
  }

  /**
   * Why rounds would end in an {@code OutOfMemoryError}, where the driver is the only executor.
   *
   * @param parameters of the network
   */
  public static Optional<Problem> heapProblem(
      Loaded config, JavaSparkContext spark, long parameters) {
    long heap = Runtime.getRuntime().maxMemory();
    long needed = RoundMaster.heapOfOneProcess(parameters);
    return spark.isLocal() && heap < needed
        ? Optional.of(
            config.problem(
                "tweedie.model.network",
                "has %1$d parameters here, and in local mode its rounds take about %2$d MB of Java's heap, which is %3$d MB: start with TWEEDIE_JAVA_OPTS=-Xmx%4$dm (spark-submit: --driver-memory %4$dm)"
                    .formatted(
                        parameters,
                        needed / MEGABYTE,
                        heap / MEGABYTE,
                        needed * 12 / 10 / MEGABYTE)))
        : Optional.empty();
  }
}
