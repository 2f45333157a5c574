package tweedie.driver.sample;

import tweedie.driver.model.Models;
import tweedie.driver.model.CompletedModel;
import tweedie.driver.model.BatchSize;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.picture.PictureReader;
import tweedie.data.shard.DataStatistics;
import tweedie.driver.config.JobSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.config.Settings.Method;
import tweedie.driver.model.RunClassifier;
import tweedie.driver.model.SampledModel;
import tweedie.driver.progress.Progress;
import tweedie.driver.progress.TaskProgress;
import tweedie.driver.run.RunDirectory;
import tweedie.driver.run.RunLock;
import tweedie.driver.run.SampleDirectory;
import tweedie.driver.run.SampleDirectory.Block;
import tweedie.driver.run.SampleDirectory.Origin;
import tweedie.driver.sample.SampleChains.Range;
import tweedie.driver.sample.SampleRequest.Pictures;
import tweedie.driver.sample.SampleRequest.Schedule;
import tweedie.driver.sample.SampleWalks.Stretch;
import tweedie.sample.Inpainting;
import tweedie.sample.Sampler;
import tweedie.sample.WalkJump;

/**
 * Draws samples from a run in parallel batches of chains, one task a batch.
 *
 * <p>The numbers of a chain come from the run's seed and the chain's number alone. A batch is
 * written whole or not at all; chains that are there already are not walked again, and those of a
 * walk go on where they were.
 */
public final class Sample {

  private static final Logger LOG = LoggerFactory.getLogger(Sample.class);

  /**
   * A chain whose noise has so many times the variance that the denoiser expects at some level ends
   * far from the data (NCSNv2, technique 4, arXiv 2006.09011, aims at 1).
   */
  private static final double LARGEST_VARIANCE_RATIO = 2;

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
    SampledModel model =
        completed(Models.of(run, request.config(), request.checkpoint(), "sample from"));
    Optional<DataStatistics> statistics = statistics(run);
    Sampler sampler = SamplerSettings.of(request.config(), run, model.shape(), statistics);
    refuseNoisy(sampler);
    SampleDirectory directory =
        new SampleDirectory(run.files(), new Path(run.path(), "samples/" + name()));
    try (RunLock lock = directory.lock()) {
      return execute(run, model, statistics, sampler, directory, began);
    }
  }

  private Result execute(
      RunDirectory run,
      SampledModel model,
      Optional<DataStatistics> statistics,
      Sampler sampler,
      SampleDirectory directory,
      long began)
      throws IOException {
    directory.claim(new Origin(model.name(), description(sampler), settings.seed()));
    directory.write(RunDirectory.CONFIG, request.config().resolved());
    if (!run.files().exists(new Path(run.path(), RunDirectory.CONFIG))) { // with an oracle
      run.writeConfig(request.config().resolved());
      if (statistics.isPresent()) {
        run.writeMissingStatistics(statistics.get());
      }
    }
    LOG.info("{} samples of {} by {}", request.count(), model.name(), description(sampler));
    int batchSize = batchSize(model);
    BatchNotes drawn =
        sampler instanceof WalkJump walk
            ? walk(model, walk, directory, batchSize)
            : draw(model, sampler, directory, batchSize);
    double seconds = (System.nanoTime() - began) / 1e9;
    SampleDiagnostics diagnostics =
        new SampleDiagnostics(spark, directory, chains(), RunClassifier.of(run));
    BatchNotes all = diagnostics.write(model, sampler, description(sampler), drawn, seconds);
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
        chains() == 0
            ? ", of an image %.0f a second".formatted(drawn.images() * drawn.calls() / seconds)
            : "");
    Path grid = pictures(directory, model.shape());
    return new Result(
        directory.path(),
        grid,
        drawn.images(),
        all.images() - drawn.images(),
        all.diverged(),
        seconds);
  }

  /** What the data of the model look like; empty for a mixture. */
  private Optional<DataStatistics> statistics(RunDirectory run) throws IOException {
    return switch (settings.model().oracle()) {
      case NONE -> Optional.of(run.statistics());
      case MIXTURE -> Optional.empty();
      case DATA ->
          Optional.of(
              run.statistics(
                  spark,
                  JobSettings.data(
                      request.config(),
                      "tweedie.data.path",
                      settings.data().path(),
                      spark.hadoopConfiguration())));
    };
  }

  /** The model of images of which the settings give a part. */
  private SampledModel completed(SampledModel model) throws IOException {
    Settings.Inpaint inpaint = settings.sample().inpaint();
    if (inpaint.image().isEmpty()) {
      return model;
    }
    if (model.shape().height() == 1) {
      throw new DataException(
          "tweedie.sample.inpaint.image = %s: points of a mixture cannot be completed from pictures"
              .formatted(inpaint.image()));
    }
    Configuration conf = spark.hadoopConfiguration();
    Inpainting part =
        new Inpainting(
            PictureReader.read(new Path(inpaint.image()), model.shape(), conf),
            PictureReader.known(new Path(inpaint.mask()), model.shape(), conf));
    return new CompletedModel(
        model, part, "%s with %s (%s)".formatted(inpaint.image(), inpaint.mask(), part));
  }

  private String name() {
    String name = settings.sample().name();
    return name.isEmpty()
        ? settings.sample().method().name().toLowerCase(Locale.ROOT).replace('_', '-')
        : name;
  }

  /** All that decides what the samples are, but the model and the seed. */
  private String description(Sampler sampler) {
    return chains() == 0
        ? sampler.description()
        : "%s, %d chains".formatted(sampler.description(), chains());
  }

  /** Number of chains of a walk; 0 where every sample is a chain. */
  private int chains() {
    return settings.sample().method() == Method.WALK_JUMP
        ? settings.sample().walkJump().chains()
        : 0;
  }

  /** Refuses levels and steps that cannot work, unless the caller insists. */
  private void refuseNoisy(Sampler sampler) {
    double largest = Arrays.stream(sampler.predictedVarianceRatios()).max().orElseThrow();
    if (largest <= LARGEST_VARIANCE_RATIO) {
      return;
    }
    String sentence =
        "Chains of these noise levels and steps carry up to %.3g times the noise variance that the denoiser expects"
            .formatted(largest);
    if (request.schedule() == Schedule.ANY || settings.sample().method() == Method.SEED) {
      LOG.warn("{}: expect wrong samples, as even an exact score gives", sentence);
    } else {
      throw new DataException(
          sentence
              + " (%s is reasonable), as for %s. Take more levels or steps, or leave the step size open; --force draws them all the same."
                  .formatted(LARGEST_VARIANCE_RATIO, sampler.description()));
    }
  }

  /** As set, or as many chains as the native memory of a task holds. */
  private int batchSize(SampledModel model) {
    return settings.sample().batchSize() > 0
        ? settings.sample().batchSize()
        : BatchSize.useful(spark, model, 1);
  }

  /** Runs the chains that have not ended. */
  private BatchNotes draw(
      SampledModel model, Sampler sampler, SampleDirectory directory, int batchSize)
      throws IOException {
    List<Range> ranges = missing(directory.done(), batchSize);
    long levels = ranges.stream().mapToLong(Range::size).sum() * (long) sampler.levels().count();
    return run(
        model,
        ranges,
        new Work(
            "chain levels",
            levels,
            ranges.stream().mapToLong(Range::size).sum(),
            sampler.calls(),
            batchSize),
        (shared, walked, called) ->
            spark
                .parallelize(ranges, ranges.size())
                .map(
                    new SampleChains(
                        shared,
                        sampler,
                        settings.seed(),
                        directory.path().toString(),
                        columns(sampler),
                        Frames.Plan.of(model.shape(), sampler.levels().count()),
                        settings.train().threadsPerWorker(),
                        walked,
                        called)));
  }

  /** Runs of missing chains, each at most a batch long. */
  private List<Range> missing(TreeSet<Long> done, int batchSize) {
    List<Range> ranges = new ArrayList<>();
    long first = 0;
    while (first < request.count()) {
      if (done.contains(first)) {
        first++;
        continue;
      }
      long last = first;
      while (last + 1 < request.count()
          && !done.contains(last + 1)
          && last + 1 - first < batchSize) {
        last++;
      }
      ranges.add(new Range(first, last));
      first = last + 1;
    }
    return ranges;
  }

  /** Lets chains walk on until there are as many jumps as samples are asked for. */
  private BatchNotes walk(
      SampledModel model, WalkJump walk, SampleDirectory directory, int batchSize)
      throws IOException {
    List<Stretch> stretches = stretches(directory.blocks(), batchSize);
    return run(
        model,
        stretches,
        new Work(
            "steps",
            stretches.stream().mapToLong(stretch -> stretch.steps(walk)).sum(),
            stretches.stream().mapToLong(Stretch::images).sum(),
            stretches.stream()
                .mapToLong(stretch -> stretch.steps(walk) / stretch.size())
                .max()
                .orElse(0),
            batchSize),
        (shared, walked, called) ->
            spark
                .parallelize(stretches, stretches.size())
                .map(
                    new SampleWalks(
                        shared,
                        walk,
                        settings.seed(),
                        directory.path().toString(),
                        chains(),
                        columns(walk),
                        settings.train().threadsPerWorker(),
                        walked,
                        called)));
  }

  /** What the blocks of chains that there are have still to walk, and new blocks. */
  private List<Stretch> stretches(List<Block> blocks, int batchSize) {
    List<Stretch> stretches = new ArrayList<>();
    long begun = 0;
    for (Block block : blocks) {
      begun = Math.max(begun, block.last() + 1);
      if (block.jumps() < jumps(block.first())) {
        stretches.add(
            new Stretch(block.first(), block.last(), block.jumps(), jumps(block.first())));
      }
    }
    long chains = Math.min(chains(), request.count());
    for (long first = begun; first < chains; first += batchSize) {
      long last = Math.min(chains, first + batchSize) - 1;
      stretches.add(new Stretch(first, last, 0, jumps(first)));
    }
    return stretches;
  }

  /** The jumps of a chain among samples 0..count-1. */
  private long jumps(long chain) {
    return (request.count() - chain + chains() - 1) / chains();
  }

  private Map<String, ?> columns(Sampler sampler) {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("seed", settings.seed());
    columns.put("method", settings.sample().method().name().toLowerCase(Locale.ROOT));
    columns.put("levels", sampler.levels().count());
    return columns;
  }

  /**
   * How much there is to do, in what unit.
   *
   * @param images that this gives
   * @param calls of the denoiser for each batch, about
   * @param batchSize most chains of a batch
   */
  private record Work(String unit, long amount, long images, long calls, int batchSize) {}

  private interface Tasks {
    JavaRDD<BatchNotes> over(
        Broadcast<SampledModel> model, LongAccumulator walked, LongAccumulator called);
  }

  @SuppressWarnings("try") // the listener works by being attached
  private BatchNotes run(SampledModel model, List<?> batches, Work work, Tasks tasks) {
    if (batches.isEmpty()) {
      return BatchNotes.NONE;
    }
    spark.setJobGroup("tweedie sample " + request.run(), "%d batches".formatted(batches.size()));
    model.announce(
        spark, batches.size(), Math.min(work.batchSize(), request.count()), work.calls());
    LongAccumulator walked = spark.sc().longAccumulator(work.unit());
    LongAccumulator called = spark.sc().longAccumulator("calls of the denoiser");
    Broadcast<SampledModel> shared = spark.broadcast(model);
    try (SamplingRates progress =
            new SamplingRates(
                Progress.start("sampling", work.unit(), work.amount()),
                (double) work.images() / work.amount(),
                Clock.systemUTC());
        TaskProgress attached = TaskProgress.attach(spark.sc(), walked, progress);
        TaskProgress calls = TaskProgress.attach(spark.sc(), called, progress.calls())) {
      return tasks.over(shared, walked, called).collect().stream()
          .reduce(BatchNotes.NONE, BatchNotes::plus);
    } finally {
      shared.destroy();
      model.free();
      spark.clearJobGroup();
    }
  }

  /**
   * @return the picture of the samples; null where they are no pictures
   */
  private Path pictures(SampleDirectory directory, ImageShape shape) throws IOException {
    if (shape.height() == 1) {
      return null;
    }
    SamplePictures pictures =
        new SamplePictures(directory, shape, chains(), spark.hadoopConfiguration());
    pictures.strip();
    if (request.pictures() == Pictures.MOVING) {
      pictures.animation();
    }
    return pictures.grid(request.count());
  }
}
