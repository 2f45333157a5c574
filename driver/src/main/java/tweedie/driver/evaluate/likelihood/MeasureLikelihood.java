package tweedie.driver.evaluate.likelihood;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.DataException;
import tweedie.data.Dequantized;
import tweedie.data.ImageShape;
import tweedie.data.WholeFile;
import tweedie.data.shard.DataStatistics;
import tweedie.data.shard.ShardedData;
import tweedie.driver.config.JobSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.config.Settings.Likelihood;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.evaluate.EvaluatedRun.Real;
import tweedie.driver.evaluate.Measurement;
import tweedie.driver.evaluate.likelihood.LikelihoodTask.Batch;
import tweedie.driver.evaluate.likelihood.LikelihoodTask.Measure;
import tweedie.driver.model.SampledModel;
import tweedie.driver.progress.Progress;
import tweedie.driver.progress.TaskProgress;
import tweedie.driver.run.RunLock;
import tweedie.driver.sample.Sample;
import tweedie.evaluate.likelihood.DataNormal;
import tweedie.evaluate.likelihood.Divergence;
import tweedie.evaluate.likelihood.FlowLikelihood;
import tweedie.evaluate.likelihood.FlowSolver;
import tweedie.evaluate.likelihood.ImageDensity;
import tweedie.score.CopyNoise;
import tweedie.score.GaussianMixture;

/**
 * Measures the density of real images under the model, one task a batch, and writes {@code
 * evaluation/likelihood.json} and, a line an image, {@code evaluation/likelihood-images.jsonl}.
 *
 * <p>A batch is written whole or not at all, in a directory of its own for everything that decides
 * the numbers; batches that are there already are not measured again.
 */
public final class MeasureLikelihood implements Measurement {

  /** Of a mixture, where no number of images is given. */
  private static final int DRAWS = 1000;

  /** How often a backward pass holds the values of all operations, gradients and scratch too. */
  private static final int BACKWARD = 3;

  private static final String IMAGES = "images";
  static final String SIGMA_MIN_DOUBLED = "sigma-min-doubled";
  static final String STEPS_DOUBLED = "steps-doubled";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final EvaluatedRun run;
  private final JavaSparkContext spark;
  private final Likelihood settings;
  private final long seed;
  private final SampledModel model;
  private final Real real;
  private final boolean dequantize;
  private final int images;
  private final int batchSize;
  private final DataNormal prior;
  private final double least;
  private final double most;

  private MeasureLikelihood(EvaluatedRun run) throws IOException {
    this.run = run;
    this.spark = run.spark();
    this.settings = run.settings().evaluate().likelihood();
    this.seed = run.settings().seed();
    if (run.settings().model().oracle() == Settings.Oracle.DATA) {
      throw new DataException(
          "tweedie.model.oracle = data: the likelihood job measures a trained network or a mixture");
    }
    this.model = run.model();
    this.real = run.real();
    ImageShape shape = model.shape();
    this.dequantize = settings.dequantize() && !shape.vector();
    real.shards().ifPresent(this::checkPixels);
    this.images = images();
    this.batchSize =
        settings.batchSize() > 0
            ? settings.batchSize()
            : Sample.usefulBatch(spark, model, BACKWARD);
    this.prior = prior();
    JobSettings.MeanNoise trained = JobSettings.meanNoise(run.settings());
    this.least = settings.sigmaMin() > 0 ? settings.sigmaMin() : trained.min();
    this.most = settings.sigmaMax() > 0 ? settings.sigmaMax() : trained.max();
    checkNoise();
  }

  /**
   * Reads what there is to measure.
   *
   * @throws DataException if it cannot be
   */
  public static MeasureLikelihood prepare(EvaluatedRun run) throws IOException {
    return new MeasureLikelihood(run);
  }

  private void checkPixels(ShardedData data) {
    if (dequantize && !data.eightBit()) {
      throw new DataException(
          "%s holds images of %s whose values are not 8-bit, and bits per dimension are of 8-bit pixels: -D tweedie.evaluate.likelihood.dequantize=false measures their density in nats"
              .formatted(real.place(), data.shape()));
    }
  }

  private int images() {
    long there = real.shards().map(ShardedData::images).orElse((long) Integer.MAX_VALUE);
    int asked = settings.images() > 0 ? settings.images() : real.shards().isPresent() ? 0 : DRAWS;
    if (asked > there) {
      throw new DataException(
          "%s holds %d images, and tweedie.evaluate.likelihood.images = %d"
              .formatted(real.place(), there, asked));
    }
    return asked == 0 ? Math.toIntExact(there) : asked;
  }

  private void checkNoise() {
    if (least >= most) {
      throw new DataException(
          "The flow needs a range of noise: tweedie.evaluate.likelihood.sigma-min, %.4g, must be less than sigma-max, %.4g"
              .formatted(least, most));
    }
    for (int count : settings.copies().counts()) {
      double s = new CopyNoise(settings.copies().sigma(), count).s();
      if (s < least || settings.copies().sigma() >= most) {
        throw new DataException(
            "tweedie.evaluate.likelihood.copies.sigma = %.4g gives the mean of %d copies the noise %.4g; both must lie between sigma-min, %.4g, and sigma-max, %.4g"
                .formatted(settings.copies().sigma(), count, s, least, most));
      }
    }
  }

  /** The moments of the data the model was trained on, dequantized like those that are measured. */
  private DataNormal prior() throws IOException {
    if (run.settings().model().oracle() == Settings.Oracle.MIXTURE) {
      GaussianMixture mixture = run.mixture().orElseThrow();
      return new DataNormal(mixture.mean(), mixture.totalVariance() / mixture.dimension());
    }
    DataStatistics statistics = run.directory().statistics();
    double[] mean = statistics.meanImage().clone();
    double variance = statistics.varianceAboutMeanImage();
    if (dequantize) {
      double shrink = (Dequantized.LEVELS - 1.0) / Dequantized.LEVELS;
      double width = 1.0 / Dequantized.LEVELS;
      for (int j = 0; j < mean.length; j++) {
        mean[j] = shrink * mean[j] + width / 2;
      }
      variance = shrink * shrink * variance + width * width / 12;
    }
    return new DataNormal(mean, variance);
  }

  private FlowSolver solver(int finer) {
    return switch (settings.solver()) {
      case GRID -> new FlowSolver.Grid(settings.method(), finer * settings.steps());
      case ADAPTIVE ->
          new FlowSolver.Adaptive(finer == 1 ? settings.tolerance() : settings.tolerance() / 10);
    };
  }

  private Divergence divergence(int atLeast) {
    return switch (settings.trace()) {
      case EXACT -> new Divergence.Exact();
      case HUTCHINSON ->
          new Divergence.Hutchinson(settings.probe(), Math.max(atLeast, settings.probes()));
    };
  }

  private FlowLikelihood flow(int finer, int probes) {
    return new FlowLikelihood(prior, most, solver(finer), divergence(probes));
  }

  /** How often the images are measured, and how. */
  private Map<Measure, Integer> measures() {
    Map<Measure, Integer> measures = new LinkedHashMap<>();
    FlowLikelihood usual = flow(1, 1);
    int repeats = settings.repeats();
    measures.put(new Measure(IMAGES, usual, least, repeats, 0), images);
    int some = Math.min(settings.sensitivityImages(), images);
    if (some > 0) {
      if (2 * least < most) {
        measures.put(new Measure(SIGMA_MIN_DOUBLED, usual, 2 * least, repeats, 0), some);
      }
      measures.put(new Measure(STEPS_DOUBLED, flow(2, 2), least, repeats, 0), some);
    }
    for (int copies : settings.copies().counts()) {
      double sigma = settings.copies().sigma();
      int count = Math.min(settings.copies().images(), images);
      measures.put(matched(usual, copies, sigma), count);
      if (copies > 1) { // of one copy it is the same
        measures.put(fixed(usual, copies, sigma), count);
      }
    }
    return measures;
  }

  /** Copies whose mean has this noise. */
  private static Measure matched(FlowLikelihood flow, int copies, double s) {
    return new Measure("copies-%d-matched".formatted(copies), flow, s, 1, copies);
  }

  /** Copies that have this noise each. */
  private static Measure fixed(FlowLikelihood flow, int copies, double sigma) {
    return new Measure(
        "copies-%d-fixed".formatted(copies), flow, new CopyNoise(sigma, copies).s(), 1, copies);
  }

  private List<Batch> batches(Measure measure, int count) {
    List<LikelihoodImages> parts =
        real.shards()
            .map(data -> LikelihoodImages.of(data, seed, count, batchSize))
            .orElseGet(
                () -> LikelihoodImages.of(run.mixture().orElseThrow(), seed, count, batchSize));
    return IntStream.range(0, parts.size())
        .mapToObj(number -> new Batch(measure, number, parts.get(number)))
        .toList();
  }

  /**
   * All that decides the numbers of a batch.
   *
   * @param model its name
   * @param weights of the model, as a hash or in words
   * @param data fingerprint of the images, or the mixture
   */
  private record Origin(
      String model,
      String weights,
      String data,
      int images,
      int sensitivityImages,
      int batchSize,
      boolean dequantize,
      long seed,
      DataNormal prior,
      List<String> measures) {}

  private Origin origin(Map<Measure, Integer> measures) {
    return new Origin(
        model.name(),
        model.fingerprint(),
        real.shards()
            .map(ShardedData::fingerprint)
            .orElseGet(() -> run.settings().data().mixture().toString()),
        images,
        settings.sensitivityImages(),
        batchSize,
        dequantize,
        seed,
        prior,
        measures.keySet().stream()
            .map(
                m ->
                    "%s: s from %s to %s, scale %s, %s, %s, %d repeats"
                        .formatted(
                            m.name(),
                            m.s(),
                            m.flow().largest(),
                            m.flow().scale(),
                            m.flow().solver().description(),
                            m.flow().divergence().description(),
                            m.repeats()))
            .toList());
  }

  @Override
  @SuppressWarnings("try") // the lock works by being held
  public List<LikelihoodMeasured> measure() throws IOException {
    long began = System.nanoTime();
    Map<Measure, Integer> measures = measures();
    String origin = json(origin(measures));
    String key = UUID.nameUUIDFromBytes(origin.getBytes(StandardCharsets.UTF_8)).toString();
    Path directory = new Path(run.directory().path(), "evaluation/likelihood/" + key);
    FileSystem files = run.directory().files();
    try (RunLock lock = RunLock.of(files, directory, RunLock.Times.USUAL)) {
      WholeFile.write(files, new Path(directory, "origin.json"), origin);
      Map<String, List<ImageDensity>> found = new LinkedHashMap<>();
      int kept = measured(measures, directory, found);
      LikelihoodMeasured result = result(measures, found, kept, (System.nanoTime() - began) / 1e9);
      WholeFile.write(
          files,
          new Path(run.directory().path(), "evaluation/likelihood-images.jsonl"),
          ImageLikelihood.lines(found.get(IMAGES), result.offset(), model.shape().dimension()));
      run.write("likelihood", result, result.seconds());
      return List.of(result);
    }
  }

  /**
   * Measures what is not there yet.
   *
   * @param found receives the densities by the name of the measure, in the order of their ids
   * @return how many batches were there before
   */
  @SuppressWarnings("try") // the listener works by being attached
  private int measured(
      Map<Measure, Integer> measures, Path directory, Map<String, List<ImageDensity>> found)
      throws IOException {
    FileSystem files = run.directory().files();
    List<Batch> missing = new ArrayList<>();
    int kept = 0;
    for (Map.Entry<Measure, Integer> entry : measures.entrySet()) {
      List<ImageDensity> of =
          found.computeIfAbsent(entry.getKey().name(), name -> new ArrayList<>());
      for (Batch batch : batches(entry.getKey(), entry.getValue())) {
        Path file = batch.file(directory.toString());
        if (files.exists(file)) {
          of.addAll(LikelihoodTask.read(files, file));
          kept++;
        } else {
          missing.add(batch);
        }
      }
    }
    if (!missing.isEmpty()) {
      spark.setJobGroup(
          "tweedie evaluate " + run.directory().path(),
          "likelihood: %d batches".formatted(missing.size()));
      LongAccumulator measured = spark.sc().longAccumulator("images measured");
      Broadcast<SampledModel> shared = spark.broadcast(model);
      long all = missing.stream().mapToLong(Batch::evaluations).sum();
      try (Progress progress = Progress.start("likelihood", "images", all);
          TaskProgress attached = TaskProgress.attach(spark.sc(), measured, progress)) {
        List<List<ImageDensity>> results =
            spark
                .parallelize(missing, missing.size())
                .map(
                    new LikelihoodTask(
                        shared,
                        directory.toString(),
                        seed,
                        dequantize,
                        run.settings().train().threadsPerWorker(),
                        measured))
                .collect();
        for (int i = 0; i < results.size(); i++) {
          found.get(missing.get(i).measure().name()).addAll(results.get(i));
        }
      } finally {
        shared.destroy();
        model.free();
        spark.clearJobGroup();
      }
    }
    found.values().forEach(list -> list.sort(Comparator.comparingLong(ImageDensity::id)));
    return kept;
  }

  private LikelihoodMeasured result(
      Map<Measure, Integer> measures,
      Map<String, List<ImageDensity>> found,
      int kept,
      double seconds) {
    List<LikelihoodMeasured.OfCopies> copies = new ArrayList<>();
    for (Measure measure : measures.keySet()) {
      if (measure.copies() > 0) {
        copies.add(
            LikelihoodMeasured.OfCopies.of(
                measure, found.get(measure.name()), model.shape().dimension()));
      }
    }
    Measure usual = measures.keySet().iterator().next();
    return LikelihoodMeasured.of(
        new LikelihoodMeasured.Subject(
            model.name(),
            model.round(),
            model.fingerprint(),
            real.place(),
            real.shards().map(ShardedData::fingerprint).orElse(null),
            real.trainedOn(),
            model.shape().dimension(),
            dequantize,
            usual.repeats(),
            seed),
        usual,
        found.get(IMAGES),
        Optional.ofNullable(found.get(SIGMA_MIN_DOUBLED)),
        Optional.ofNullable(found.get(STEPS_DOUBLED)),
        copies,
        kept,
        seconds,
        run.overrides());
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("An origin is plain numbers", e);
    }
  }
}
