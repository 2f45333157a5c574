package tweedie.driver.evaluate.likelihood;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.data.WholeFile;
import tweedie.data.shard.ShardedData;
import tweedie.driver.config.Settings.Likelihood;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.evaluate.EvaluatedRun.Real;
import tweedie.driver.evaluate.Measurement;
import tweedie.driver.evaluate.RealImages;
import tweedie.driver.evaluate.likelihood.LikelihoodTask.Batch;
import tweedie.driver.evaluate.likelihood.LikelihoodTask.Measure;
import tweedie.driver.model.BatchSize;
import tweedie.driver.model.DensityFlow;
import tweedie.driver.model.RunModel;
import tweedie.driver.progress.CountedJob;
import tweedie.driver.run.RunLock;
import tweedie.evaluate.likelihood.DataNormal;
import tweedie.evaluate.likelihood.ImageDensity;
import tweedie.evaluate.likelihood.PixelScale;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * Measures the density of real images under the model, one task a batch, and writes {@code
 * evaluation/likelihood.json} and, a line an image, {@code evaluation/likelihood-images.jsonl}.
 *
 * <p>A batch is written whole or not at all, in a directory of its own for everything that decides
 * the numbers; batches that are there already are not measured again.
 */
public final class LikelihoodMeasurement implements Measurement {

  /** How often a backward pass holds the values of all operations, gradients and scratch too. */
  private static final int BACKWARD = 3;

  private final EvaluatedRun run;
  private final Likelihood settings;
  private final long seed;
  private final RunModel model;
  private final Real real;
  private final boolean dequantize;
  private final int batchSize;
  private final LikelihoodPlan plan;

  private static final String GUIDANCE = "tweedie.sample.guidance.";

  /**
   * Reads what there is to measure.
   *
   * @throws DataException if it cannot be
   */
  public LikelihoodMeasurement(EvaluatedRun run) throws IOException {
    this.run = run;
    this.settings = run.settings().evaluate().likelihood();
    this.seed = run.settings().seed();
    DensityFlow.requireModel(run.settings());
    if (run.overrides().stream().anyMatch(setting -> setting.startsWith(GUIDANCE))) {
      throw new DataException(
          "%s* cannot be given for a likelihood: a guided model is that of no density; leave it out to measure the model itself"
              .formatted(GUIDANCE));
    }
    this.model = run.model();
    this.real = run.real();
    this.dequantize = LikelihoodPlan.dequantizes(settings, model.shape(), real);
    DensityFlow flow = DensityFlow.of(run.directory(), run.settings(), dequantize);
    int images = LikelihoodPlan.images(settings, real);
    this.batchSize = BatchSize.chosen(settings.batchSize(), run.spark(), model, BACKWARD);
    this.plan = new LikelihoodPlan(flow, images);
    BatchSize.check(run.spark(), model, "tweedie.evaluate.likelihood.batch-size", batchSize, true);
  }

  private List<Batch> batches(Measure measure) {
    Draws order = Draws.of(seed, Purpose.LIKELIHOOD, -1, 0);
    List<RealImages> parts = RealImages.of(run, real, order, measure.images(), batchSize);
    return IntStream.range(0, parts.size())
        .mapToObj(number -> new Batch(measure, number, parts.get(number)))
        .toList();
  }

  /**
   * All that decides the numbers of a batch; data is the fingerprint of the images, or the mixture.
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

  private Origin origin() {
    return new Origin(
        model.name(),
        model.fingerprint(),
        real.shards()
            .map(ShardedData::fingerprint)
            .orElseGet(() -> run.settings().data().mixture().toString()),
        plan.images(),
        settings.sensitivityImages(),
        batchSize,
        dequantize,
        seed,
        plan.flow().prior(),
        plan.measures().stream()
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
  public List<LikelihoodResult> measure() throws IOException {
    long began = System.nanoTime();
    String origin = Json.PAGE.text(origin());
    String key = UUID.nameUUIDFromBytes(origin.getBytes(StandardCharsets.UTF_8)).toString();
    Path directory = new Path(run.directory().path(), "evaluation/likelihood/" + key);
    FileSystem files = run.directory().files();
    try (RunLock lock = RunLock.of(files, directory, RunLock.Times.USUAL)) {
      WholeFile.write(files, new Path(directory, "origin.json"), origin);
      Map<String, List<ImageDensity>> found = new LinkedHashMap<>();
      int kept = measured(directory, found);
      LikelihoodResult result =
          LikelihoodResult.of(
              subject(), plan, found, kept, (System.nanoTime() - began) / 1e9, run.overrides());
      WholeFile.write(
          files,
          new Path(run.directory().path(), "evaluation/likelihood-images.jsonl"),
          lines(found.get(plan.usual().name()), result.offset()));
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
  private int measured(Path directory, Map<String, List<ImageDensity>> found) throws IOException {
    FileSystem files = run.directory().files();
    List<Batch> missing = new ArrayList<>();
    int kept = 0;
    for (Measure measure : plan.measures()) {
      List<ImageDensity> of = found.computeIfAbsent(measure.name(), name -> new ArrayList<>());
      for (Batch batch : batches(measure)) {
        Path file = batch.file(directory.toString());
        if (files.exists(file)) {
          of.addAll(LikelihoodTask.read(files, file, batch));
          kept++;
        } else {
          missing.add(batch);
        }
      }
    }
    if (!missing.isEmpty()) {
      measure(missing, directory, found);
    }
    found.values().forEach(list -> list.sort(Comparator.comparingLong(ImageDensity::id)));
    return kept;
  }

  private void measure(List<Batch> missing, Path directory, Map<String, List<ImageDensity>> found) {
    long all = missing.stream().mapToLong(Batch::evaluations).sum();
    try (CountedJob job = run.job("likelihood: %d batches".formatted(missing.size()))) {
      job.atEnd(model::free);
      LikelihoodTask task =
          new LikelihoodTask(
              job.broadcast(model),
              directory.toString(),
              seed,
              dequantize,
              run.settings().train().threadsPerWorker(),
              job.count("likelihood", "images", all));
      List<List<ImageDensity>> results =
          run.spark().parallelize(missing, missing.size()).map(task).collect();
      for (int i = 0; i < results.size(); i++) {
        found.get(missing.get(i).measure().name()).addAll(results.get(i));
      }
    }
  }

  private LikelihoodResult.Subject subject() {
    return new LikelihoodResult.Subject(
        model.name(),
        model.round(),
        model.fingerprint(),
        real.place(),
        real.shards().map(ShardedData::fingerprint).orElse(null),
        real.trainedOn(),
        model.shape().dimension(),
        dequantize,
        settings.repeats(),
        seed);
  }

  /** A line of JSON for each image. */
  private String lines(List<ImageDensity> images, double offset) {
    int d = model.shape().dimension();
    return images.stream()
        .map(
            image ->
                new LikelihoodResult.OfImage(
                    image.id(),
                    image.label(),
                    PixelScale.differentialBits(image.logDensity(), d) + offset,
                    image.logDensity(),
                    image.calls()))
        .map(line -> Json.SNAKE_LINE.text(line) + "\n")
        .collect(Collectors.joining());
  }
}
