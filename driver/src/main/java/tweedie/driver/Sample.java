package tweedie.driver;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.Shard;
import tweedie.data.ShardReader;
import tweedie.data.ShardWriter;
import tweedie.data.WholeFile;
import tweedie.driver.config.Settings;
import tweedie.network.NativeThreads;
import tweedie.network.NetworkDenoiser;
import tweedie.network.NetworkSettings;
import tweedie.sample.AnnealedLangevin;
import tweedie.sample.ImageGrid;
import tweedie.sample.Sampler;
import tweedie.sample.Samples;
import tweedie.score.Denoiser;
import tweedie.score.GaussianMixture;
import tweedie.train.Checkpoint;

/**
 * Draws samples from a run in parallel batches of chains, one task a batch.
 *
 * <p>The numbers of a chain come from the run's seed and the chain's number alone. A batch is
 * written whole or not at all, as {@code samples/NAME/part-FIRST-LAST.parquet}; chains that are
 * there already are not walked again.
 */
final class Sample {

  private static final Logger LOG = LoggerFactory.getLogger(Sample.class);
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final Pattern PART = Pattern.compile("part-(\\d+)-(\\d+)\\.parquet");
  private static final int IMAGES_IN_GRID = 100;
  private static final int GRID_SCALE = 2;

  private final JavaSparkContext spark;
  private final SampleRequest request;
  private final Settings settings;

  Sample(SampleRequest request, SparkSession session) {
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
   * @param diverged numbers of the chains that this call stopped because a value was not finite
   * @param seconds it took
   */
  record Result(
      Path directory, Path grid, int drawn, int kept, List<Long> diverged, double seconds) {}

  /** What the samples in a directory were drawn from; samples of two models are not mixed. */
  private record Origin(String model, String sampler, long seed) {}

  @SuppressWarnings("try") // the lock works by being held
  Result execute() throws IOException {
    long began = System.nanoTime();
    RunDirectory run = RunDirectory.at(request.run(), spark.hadoopConfiguration());
    Model model = model(run);
    Sampler sampler = SamplerSettings.of(settings, run, model.shape());
    Path directory = new Path(run.path(), "samples/" + name());
    try (RunLock lock = RunLock.of(run.files(), directory, RunLock.Times.USUAL)) {
      return draw(run, model, sampler, directory, began);
    }
  }

  private Result draw(RunDirectory run, Model model, Sampler sampler, Path directory, long began)
      throws IOException {
    claim(run.files(), directory, new Origin(model.name(), sampler.description(), settings.seed()));
    if (!run.files().exists(new Path(run.path(), RunDirectory.CONFIG))) { // with an oracle
      run.writeConfig(request.config().resolved());
    }
    TreeSet<Long> done = done(run.files(), directory);
    List<Batch> batches = batches(done);
    LOG.info(
        "{} of {} samples to draw from {} by {}",
        missing(batches),
        request.count(),
        model.name(),
        sampler.description());
    List<BatchResult> results = walk(model, sampler, directory, batches);
    List<Long> diverged = results.stream().flatMap(result -> result.diverged().stream()).toList();
    if (!diverged.isEmpty()) {
      LOG.warn(
          "{} chains were stopped because a value was not finite: {}", diverged.size(), diverged);
    }
    Path grid = model.shape().height() > 1 ? grid(run.files(), directory, model.shape()) : null;
    int kept = request.count() - missing(batches);
    Result result =
        new Result(
            directory,
            grid,
            missing(batches) - diverged.size(),
            kept,
            diverged,
            (System.nanoTime() - began) / 1e9);
    writeDiagnostics(run.files(), directory, model, sampler, results, result);
    return result;
  }

  private Model model(RunDirectory run) throws IOException {
    if (settings.model().oracle() == Settings.Oracle.MIXTURE) {
      return new MixtureModel(JobSettings.mixture(settings.data().mixture()));
    }
    Checkpoint checkpoint =
        request
            .checkpoint()
            .from(run.checkpoints())
            .orElseThrow(
                () ->
                    new DataException(
                        "The run %s has no checkpoint to sample from; train it first, or set model.oracle."
                            .formatted(run.path())));
    return new NetworkModel(
        checkpoint.network(), checkpoint.state().ema(), checkpoint.state().round());
  }

  private String name() {
    String name = settings.sample().name();
    return name.isEmpty()
        ? settings.sample().method().name().toLowerCase(java.util.Locale.ROOT)
        : name;
  }

  /** Refuses a directory that holds samples of something else. */
  private static void claim(FileSystem files, Path directory, Origin origin) throws IOException {
    Path file = new Path(directory, "origin.json");
    if (files.exists(file)) {
      Origin there = JSON.readValue(RunDirectory.read(files, file), Origin.class);
      if (!there.equals(origin)) {
        throw new DataException(
            "%s holds samples of %s, these would be of %s. Give them another --name."
                .formatted(
                    directory,
                    there.model() + " by " + there.sampler(),
                    origin.model() + " by " + origin.sampler()));
      }
      return;
    }
    files.mkdirs(directory);
    WholeFile.write(files, file, JSON.writeValueAsString(origin));
  }

  private static TreeSet<Long> done(FileSystem files, Path directory) throws IOException {
    TreeSet<Long> done = new TreeSet<>();
    for (FileStatus entry : files.listStatus(directory)) {
      Matcher part = PART.matcher(entry.getPath().getName());
      if (part.matches()) {
        for (long chain = Long.parseLong(part.group(1));
            chain <= Long.parseLong(part.group(2));
            chain++) {
          done.add(chain);
        }
      }
    }
    return done;
  }

  /** Runs of missing chains, each at most a batch long. */
  private List<Batch> batches(TreeSet<Long> done) {
    List<Batch> batches = new ArrayList<>();
    long first = 0;
    while (first < request.count()) {
      if (done.contains(first)) {
        first++;
        continue;
      }
      long last = first;
      while (last + 1 < request.count()
          && !done.contains(last + 1)
          && last + 1 - first < settings.sample().batchSize()) {
        last++;
      }
      batches.add(new Batch(first, last));
      first = last + 1;
    }
    return batches;
  }

  private static int missing(List<Batch> batches) {
    return batches.stream().mapToInt(Batch::size).sum();
  }

  @SuppressWarnings("try") // the listener works by being attached
  private List<BatchResult> walk(
      Model model, Sampler sampler, Path directory, List<Batch> batches) {
    if (batches.isEmpty()) {
      return List.of();
    }
    spark.setJobGroup("tweedie sample " + request.run(), "%d chains".formatted(missing(batches)));
    LongAccumulator walked = spark.sc().longAccumulator("levels walked");
    Broadcast<Model> shared = spark.broadcast(model);
    long levels = (long) missing(batches) * sampler.levels().count();
    try (Progress progress = Progress.start("sampling", "chain levels", levels);
        TaskProgress attached = TaskProgress.attach(spark.sc(), walked, progress)) {
      WalkBatch task =
          new WalkBatch(
              shared,
              sampler,
              settings.seed(),
              directory.toString(),
              settings.train().threadsPerWorker(),
              walked);
      return spark.parallelize(batches, batches.size()).map(task).collect();
    } finally {
      shared.destroy();
      spark.clearJobGroup();
    }
  }

  /** A picture of the samples with the lowest numbers. */
  private Path grid(FileSystem files, Path directory, ImageShape shape) throws IOException {
    List<LabeledImage> images = new ArrayList<>();
    List<Path> parts = new ArrayList<>();
    for (FileStatus entry : files.listStatus(directory)) {
      if (PART.matcher(entry.getPath().getName()).matches()) {
        parts.add(entry.getPath());
      }
    }
    parts.sort(null);
    int wanted = Math.min(IMAGES_IN_GRID, request.count());
    for (Path part : parts) {
      if (images.size() < wanted) {
        try (ShardReader reader =
            ShardReader.open(new Shard(part.toString(), 0), spark.hadoopConfiguration())) {
          reader.forEachRemaining(images::add);
        }
      }
    }
    images = images.subList(0, Math.min(wanted, images.size()));
    if (images.isEmpty()) {
      return null;
    }
    double[] pixels = new double[images.size() * shape.dimension()];
    for (int i = 0; i < images.size(); i++) {
      for (int j = 0; j < shape.dimension(); j++) {
        pixels[i * shape.dimension() + j] = images.get(i).pixels()[j];
      }
    }
    Path grid = new Path(directory, "grid.png");
    WholeFile.write(files, grid, new ImageGrid(shape, GRID_SCALE).png(pixels));
    return grid;
  }

  private void writeDiagnostics(
      FileSystem files,
      Path directory,
      Model model,
      Sampler sampler,
      List<BatchResult> results,
      Result result)
      throws IOException {
    OptionalInt calls = results.stream().mapToInt(batch -> (int) batch.calls()).max();
    Map<String, Object> diagnostics = new LinkedHashMap<>();
    diagnostics.put("model", model.name());
    diagnostics.put("sampler", sampler.description());
    if (sampler instanceof AnnealedLangevin annealed) {
      diagnostics.put("predicted_variance_ratio", annealed.predictedVarianceRatio());
    }
    diagnostics.put("calls_per_chain", calls.isPresent() ? calls.getAsInt() : null);
    diagnostics.put("drawn", result.drawn());
    diagnostics.put("kept", result.kept());
    diagnostics.put("diverged_chains", result.diverged());
    diagnostics.put("seconds", result.seconds());
    WholeFile.write(
        files, new Path(directory, "diagnostics.json"), JSON.writeValueAsString(diagnostics));
  }

  /**
   * What is sampled, in a form that travels: plain arrays, from which a task makes the denoiser.
   */
  private interface Model extends Serializable {
    String name();

    ImageShape shape();

    Denoiser denoiser();
  }

  private record MixtureModel(GaussianMixture mixture) implements Model {
    @Override
    public String name() {
      return "the mixture of %d components".formatted(mixture.components());
    }

    @Override
    public ImageShape shape() {
      return new ImageShape(1, 1, mixture.dimension());
    }

    @Override
    public Denoiser denoiser() {
      return mixture;
    }
  }

  private record NetworkModel(NetworkSettings network, float[] parameters, int round)
      implements Model {
    @Override
    public String name() {
      return "the network after round " + round;
    }

    @Override
    public ImageShape shape() {
      return network.shape();
    }

    @Override
    public Denoiser denoiser() {
      return new NetworkDenoiser(network, parameters);
    }
  }

  /** Chains first..last, last included. */
  private record Batch(long first, long last) implements Serializable {
    int size() {
      return Math.toIntExact(last - first + 1);
    }
  }

  private record BatchResult(long calls, List<Long> diverged) implements Serializable {}

  /** Walks the chains of one batch and writes their ends. */
  private record WalkBatch(
      Broadcast<Model> model,
      Sampler sampler,
      long seed,
      String directory,
      int threads,
      LongAccumulator walked)
      implements Function<Batch, BatchResult> {

    @Override
    public BatchResult call(Batch batch) throws IOException {
      NativeThreads.use(threads);
      long[] chains =
          java.util.stream.LongStream.rangeClosed(batch.first(), batch.last()).toArray();
      Samples samples;
      try (Denoiser denoiser = model.value().denoiser()) {
        samples =
            sampler.sample(denoiser, seed, chains, (level, s, calls) -> walked.add(chains.length));
      }
      ImageShape shape = model.value().shape();
      List<LabeledImage> images = new ArrayList<>();
      for (int i = 0; i < samples.chains().length; i++) {
        float[] pixels = new float[shape.dimension()];
        for (int j = 0; j < pixels.length; j++) {
          pixels[j] = (float) samples.images()[i * pixels.length + j];
        }
        images.add(new LabeledImage(samples.chains()[i], -1, shape, pixels));
      }
      Configuration hadoop = SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
      String name = "part-%09d-%09d.parquet".formatted(batch.first(), batch.last());
      ShardWriter.write(new Path(directory, name), images, hadoop);
      return new BatchResult(
          samples.calls(), java.util.Arrays.stream(samples.diverged()).boxed().toList());
    }
  }
}
