package tweedie.driver.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.nd4j.linalg.learning.config.Adam;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.shard.DataStatistics;
import tweedie.data.shard.ShardedImages;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.progress.CountedJob;
import tweedie.driver.progress.Progress;
import tweedie.driver.run.RunDirectory;
import tweedie.driver.run.RunLock;
import tweedie.network.DenoiserLayer;
import tweedie.network.NetworkSettings;
import tweedie.train.TrainSettings;
import tweedie.train.checkpoint.Checkpoint;
import tweedie.train.checkpoint.Checkpoint.Origin;
import tweedie.train.checkpoint.CheckpointLosses;
import tweedie.train.checkpoint.Checkpoints;
import tweedie.train.checkpoint.TrainedData;
import tweedie.train.round.KeptShards;
import tweedie.train.round.RoundMaster;
import tweedie.train.round.RoundMetrics;
import tweedie.train.round.RoundPlan;
import tweedie.train.round.RoundWarnings;
import tweedie.train.round.TrainingState;
import tweedie.train.round.TrainingState.Position;
import tweedie.train.round.Validation;

/** The rounds of a run that are missing, and what each leaves behind. */
final class Training implements AutoCloseable {

  // the messages of a training are those of the command
  private static final Logger LOG = LoggerFactory.getLogger(Train.class);

  private final JavaSparkContext spark;
  private final TrainRequest request;
  private final LoadedSettings config;
  private final TrainSettings settings;
  private final RunDirectory run;
  private final RunLock lock;
  private final ShardedImages data;
  private final DataStatistics statistics;
  private final NetworkSettings network;
  private final Optional<Validation> validation;
  private final LongAccumulator trained;
  private final RoundMaster master;
  private final MultiLayerNetwork model;
  private final SparkDl4jMultiLayer trainer;
  private final KeptShards kept;
  private final RoundGauges gauges;
  private final List<RoundMetrics> metrics = new ArrayList<>();

  /**
   * What is trained on.
   *
   * @param statistics of {@code data}
   * @param heldOut to validate on
   */
  record Images(ShardedImages data, DataStatistics statistics, Optional<ShardedImages> heldOut) {}

  Training(
      JavaSparkContext spark,
      TrainRequest request,
      RunDirectory run,
      RunLock lock,
      Images images,
      NetworkSettings network,
      TrainingState state) {
    this.spark = spark;
    this.request = request;
    this.config = request.config();
    this.settings = FromSettings.training(config.settings());
    this.run = run;
    this.lock = lock;
    this.data = images.data();
    this.statistics = images.statistics();
    this.network = network;
    this.validation =
        images
            .heldOut()
            .map(found -> new Validation(found.shards(), found.read(spark), network, settings));
    this.trained = spark.sc().longAccumulator("images trained");
    this.master =
        new RoundMaster(state, network, settings, data.images() * settings.epochs(), trained);
    this.model = new MultiLayerNetwork(DenoiserLayer.configuration(network, new Adam()));
    model.init(); // one that is not cannot be closed
    this.trainer = new SparkDl4jMultiLayer(spark, model, master);
    this.kept =
        new KeptShards(
            data.shards(), data.read(spark), data.inFiles(), config.settings().train().cache());
    this.gauges = RoundGauges.register();
  }

  /** Trains until all epochs are done; after each round everything of it is on disk. */
  Train.Result rounds() throws IOException {
    begin();
    metrics.addAll(run.metrics(master.state().round()));
    int before = metrics.size();
    while (master.state().epoch() < settings.epochs()) {
      run.probe(Checkpoints.bytes(master.state()));
      RoundMetrics round = validated(round());
      metrics.add(round);
      gauges.show(round);
      RoundWarnings.of(metrics).forEach(LOG::warn);
      save(round);
    }
    return new Train.Result(
        master.state(),
        run.checkpoints().path(master.state().round()),
        metrics.subList(before, metrics.size()));
  }

  private void begin() throws IOException {
    run.probe(Checkpoints.bytes(master.state()));
    lock.whileOwned(
        () -> {
          run.sweep();
          run.writeConfig(config.resolved());
          run.writeStatistics(statistics);
        });
    LOG.info(
        "{} images of {} in {} shards, pixel mean {}, std {}; {} parameters, {} workers",
        data.images(),
        data.shape(),
        data.shards().size(),
        "%.4f".formatted(statistics.mean()),
        "%.4f".formatted(statistics.std()),
        master.state().parameters().length,
        settings.workers());
    logNoise();
    if (master.state().epoch() >= settings.epochs()) {
      LOG.info(
          "{} has its {} epochs already; raise tweedie.train.epochs to train on",
          request.run(),
          master.state().epoch());
    }
  }

  /** Says whether the noise that is trained suits the data, and by what the images are centred. */
  private void logNoise() {
    FromSettings.MeanNoise noise = FromSettings.meanNoise(config.settings());
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

  private RoundMetrics round() {
    RoundPlan plan = RoundPlan.next(settings, master.state(), data.shards());
    String name = name(plan);
    trained.reset();
    long began = System.nanoTime();
    try (CountedJob job = job(name)) {
      job.count(trained, Progress.start(name, "images", plan.images()));
      master.train(trainer, plan, kept);
    }
    RoundMetrics round =
        RoundMetrics.of(
            master, (System.nanoTime() - began) / 1e9, statistics.varianceAboutMeanImage());
    LOG.info(
        "{} loss={} images/s={} seconds={} drift={} slowest={} memory={}MB",
        name,
        "%.5f".formatted(round.loss()),
        "%.1f".formatted(round.imagesPerSecond()),
        "%.1f".formatted(round.seconds()),
        "%.3f".formatted(round.drift()),
        "%.1f".formatted(round.slowestWorkerSeconds()),
        round.workerBytes() / 1_000_000);
    return round;
  }

  private String name(RoundPlan plan) {
    TrainingState start = master.state();
    return start.position().equals(new Position(start.round(), 0)) && plan.images() == data.images()
        ? "round %d/%d".formatted(start.round() + 1, settings.epochs())
        : "round %d, epoch %d/%d"
            .formatted(start.round() + 1, start.epoch() + 1, settings.epochs());
  }

  private CountedJob job(String description) {
    return new CountedJob(spark, "tweedie train " + request.run(), description);
  }

  /** The metrics of a round with the loss on held-out images, where that is due. */
  private RoundMetrics validated(RoundMetrics round) {
    TrainingState state = master.state();
    boolean due =
        state.round() % config.settings().train().validation().every() == 0
            || state.epoch() >= settings.epochs();
    if (validation.isEmpty() || !due) {
      return round;
    }
    CountedJob job = job("validation after round " + state.round());
    try {
      RoundMetrics validated =
          round.withValidation(
              validation.get().of(state.ema()), statistics.varianceAboutMeanImage());
      LOG.info(
          "round {} validation_loss={}",
          state.round(),
          "%.5f".formatted(validated.validationLoss()));
      return validated;
    } finally {
      job.close();
    }
  }

  private void save(RoundMetrics round) throws IOException {
    Checkpoint checkpoint =
        new Checkpoint(
            network,
            master.state(),
            Optional.of(
                new Origin(
                    config.resolved(),
                    TrainedData.of(data, statistics),
                    new CheckpointLosses(round.loss(), round.validationLoss()))));
    lock.whileOwned(
        () -> {
          // a line without its checkpoint is dropped when the run goes on
          run.checkpoints().begin(master.state().round());
          run.writeMetrics(metrics);
          run.checkpoints().save(checkpoint, config.settings().train().keepCheckpoints());
        });
  }

  @Override
  public void close() {
    try {
      kept.close();
    } finally {
      gauges.close();
      DenoiserLayer.free(model);
    }
  }
}
