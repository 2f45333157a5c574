package tweedie.driver.sample;

import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.driver.config.Settings;
import tweedie.driver.model.BatchSize;
import tweedie.driver.model.RunClassifier;
import tweedie.driver.model.RunModel;
import tweedie.driver.progress.CountedJob;
import tweedie.driver.progress.Progress;
import tweedie.driver.run.RunDirectory;
import tweedie.driver.run.RunLock;
import tweedie.driver.run.SampleDirectory;
import tweedie.driver.run.SampleDirectory.Origin;
import tweedie.driver.sample.Drawing.Shared;
import tweedie.driver.sample.Drawing.Stretch;
import tweedie.driver.sample.SampleRequest.Pictures;
import tweedie.sample.Sampler;

/**
 * Draws samples from a run in parallel batches of chains, one task a batch.
 *
 * <p>The numbers of a chain come from the run's seed and the chain's number alone. A batch is
 * written whole or not at all; chains that are there already are not walked again, and those of a
 * walk go on where they were.
 */
public final class Sample {

  private static final Logger LOG = LoggerFactory.getLogger(Sample.class);

  private static final int MOST_BATCHES = 100_000;

  private final JavaSparkContext spark;
  private final SampleRequest request;
  private final Settings settings;

  public Sample(SampleRequest request, SparkSession session) {
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.request = request;
    this.settings = request.config().settings();
  }

  /**
   * What was drawn.
   *
   * @param directory of the samples
   * @param grid the picture of the first of them; null where samples are no pictures
   * @param drawn samples drawn by this call
   * @param kept samples that were there before
   * @param diverged numbers of the chains that were ever stopped because a value was not finite
   * @param seconds it took
   */
  public record Result(
      Path directory, Path grid, long drawn, long kept, List<Long> diverged, double seconds) {}

  @SuppressWarnings("try") // the lock works by being held
  public Result execute() throws IOException {
    long began = System.nanoTime();
    RunDirectory run = RunDirectory.at(request.run(), spark.hadoopConfiguration());
    SamplePlan plan =
        SamplePlan.of(spark, run, request.config(), request.checkpoint(), request.schedule());
    int batchSize = BatchSize.chosen(settings.sample().batchSize(), spark, plan.model(), 1);
    BatchSize.check(
        spark,
        plan.model(),
        "tweedie.sample.batch-size",
        Math.min(batchSize, request.count()),
        false);
    SampleDirectory directory =
        new SampleDirectory(run.files(), new Path(run.path(), "samples/" + name()));
    try (RunLock lock = directory.lock()) {
      directory.sweep();
      Drawing drawing = Drawing.of(plan.sampler(), settings.sample().walkJump().chains());
      return execute(run, plan, drawing, batchSize, directory, began);
    }
  }

  private Result execute(
      RunDirectory run,
      SamplePlan plan,
      Drawing drawing,
      int batchSize,
      SampleDirectory directory,
      long began)
      throws IOException {
    RunModel model = plan.model();
    directory.claim(new Origin(model.name(), drawing.description(), settings.seed()));
    directory.write(RunDirectory.CONFIG, request.config().resolved());
    if (!run.files().exists(new Path(run.path(), RunDirectory.CONFIG))) { // with an oracle
      run.writeConfig(request.config().resolved());
      if (plan.statistics().isPresent()) {
        run.writeMissingStatistics(plan.statistics().get());
      }
    }
    String description = drawing.description();
    LOG.info("{} samples of {} by {}", request.count(), model.name(), description);
    BatchNotes drawn = draw(model, drawing, batchSize, directory);
    double seconds = (System.nanoTime() - began) / 1e9;
    Path grid = pictures(directory, model.shape(), drawing.chains());
    SampleDiagnostics diagnostics =
        new SampleDiagnostics(spark, directory, drawing.chains(), RunClassifier.of(run));
    BatchNotes all = diagnostics.write(model, drawing.sampler(), description, drawn, seconds);
    if (!all.diverged().isEmpty()) {
      LOG.warn(
          "{} chains were stopped because a value was not finite: {}",
          all.diverged().size(),
          all.diverged());
    }
    LOG.info(
        "{} samples in {} s: {} images/s, {} calls of the denoiser for each chain{}",
        drawn.images(),
        "%.1f".formatted(seconds),
        "%.2f".formatted(drawn.images() / seconds),
        drawn.calls(),
        drawing.chains() == 0
            ? ", of an image %.0f a second".formatted(drawn.images() * drawn.calls() / seconds)
            : "");
    return new Result(
        directory.path(),
        grid,
        drawn.images(),
        all.images() - drawn.images(),
        all.diverged(),
        seconds);
  }

  private String name() {
    String name = settings.sample().name();
    return name.isEmpty() ? SamplerChoice.name(settings.sample().method()) : name;
  }

  /** Runs the chains that have not ended, or walks on. */
  private BatchNotes draw(RunModel model, Drawing drawing, int batchSize, SampleDirectory directory)
      throws IOException {
    List<Stretch> batches = drawing.missing(directory, request.count(), batchSize);
    if (batches.isEmpty()) {
      return BatchNotes.NONE;
    }
    if (batches.size() > MOST_BATCHES) {
      throw new DataException(
          "%d samples in batches of %d are %d batches, and Spark takes %d: raise tweedie.sample.batch-size, or draw fewer at a time"
              .formatted(request.count(), batchSize, batches.size(), MOST_BATCHES));
    }
    long units = batches.stream().mapToLong(drawing::units).sum();
    long images = batches.stream().mapToLong(Stretch::images).sum();
    long calls = batches.stream().mapToLong(drawing::calls).max().orElseThrow();
    try (CountedJob job =
        new CountedJob(
            spark, "tweedie sample " + request.run(), "%d batches".formatted(batches.size()))) {
      job.atEnd(model::free);
      model.announce(spark, batches.size(), Math.min(batchSize, request.count()), calls);
      Broadcast<RunModel> shared = job.broadcast(model);
      SamplingRates progress =
          new SamplingRates(
              Progress.start("sampling", drawing.unit(), units),
              (double) images / units,
              Clock.systemUTC());
      LongAccumulator walked = job.count(drawing.unit(), progress);
      LongAccumulator called = job.count("calls of the denoiser", progress.calls());
      Shared task =
          new Shared(
              shared,
              settings.seed(),
              directory.path().toString(),
              columns(drawing.sampler()),
              settings.train().threadsPerWorker(),
              walked,
              called);
      return spark.parallelize(batches, batches.size()).map(drawing.task(task)).collect().stream()
          .reduce(BatchNotes.NONE, BatchNotes::plus);
    }
  }

  private Map<String, ?> columns(Sampler sampler) {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("seed", settings.seed());
    columns.put("method", settings.sample().method().name().toLowerCase(Locale.ROOT));
    columns.put("levels", sampler.levels().count());
    return columns;
  }

  /**
   * @return the picture of the samples; null where they are no pictures
   */
  private Path pictures(SampleDirectory directory, ImageShape shape, int walkingChains)
      throws IOException {
    if (shape.height() == 1) {
      return null;
    }
    SamplePictures pictures =
        new SamplePictures(directory, shape, walkingChains, spark.hadoopConfiguration());
    pictures.strip();
    if (request.pictures() == Pictures.MOVING) {
      pictures.animation();
    }
    return pictures.grid(request.count());
  }
}
