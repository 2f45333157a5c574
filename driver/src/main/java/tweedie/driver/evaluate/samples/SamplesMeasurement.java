package tweedie.driver.evaluate.samples;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.shard.ShardedData;
import tweedie.driver.config.Settings;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.evaluate.EvaluatedRun.Real;
import tweedie.driver.evaluate.Measurement;
import tweedie.driver.evaluate.RealImages;
import tweedie.driver.evaluate.SampleSets;
import tweedie.driver.evaluate.SampleSets.Drawn;
import tweedie.driver.evaluate.SampleSets.SampleSet;
import tweedie.driver.evaluate.samples.SamplesResult.ClassifierReport;
import tweedie.driver.model.RunClassifier;
import tweedie.driver.progress.CountedJob;
import tweedie.driver.run.RunDirectory;
import tweedie.evaluate.Jackknife;
import tweedie.evaluate.samples.ClassHistogram;
import tweedie.evaluate.samples.Classifier;

/**
 * Measures the samples of a run against real images, and writes {@code
 * evaluation/samples-NAME.json}.
 *
 * <p>By default every directory of samples is measured against the training data. All sets are read
 * and checked before anything is trained or written.
 */
public final class SamplesMeasurement implements Measurement {

  private final EvaluatedRun evaluated;
  private final JavaSparkContext spark;
  private final Settings settings;
  private final List<Drawn> samples;
  private final int half;
  private final SampleComparison judge;

  private SamplesMeasurement(EvaluatedRun evaluated) throws IOException {
    this.evaluated = evaluated;
    this.spark = evaluated.spark();
    this.settings = evaluated.settings();
    RunDirectory run = evaluated.directory();
    ImageShape shape = evaluated.shape();
    Real real = evaluated.real();
    samples = new ArrayList<>();
    for (SampleSet set : SampleSets.of(run, evaluated.request().samples(), evaluated.conf())) {
      samples.add(
          SampleSets.read(set, shape, fewest(), settings.evaluate().images(), evaluated.conf()));
    }
    half = half(real, samples.stream().mapToInt(set -> set.images().count()).max().orElseThrow());
    RealImages rows =
        real.shards().isPresent()
            ? RealImages.choose(spark, real.shards().get(), settings.seed(), 2 * half)
            : RealImages.draw(evaluated.mixture().orElseThrow(), settings.seed(), 2 * half);
    judge = judge(run, shape, evaluated.training(), real, rows);
  }

  /**
   * Reads the samples and the real images, and trains the classifier where there is none yet.
   *
   * @throws DataException if they cannot be measured
   */
  public static SamplesMeasurement prepare(EvaluatedRun run) throws IOException {
    return new SamplesMeasurement(run);
  }

  @Override
  public List<SamplesResult> measure() throws IOException {
    List<SamplesResult> results = new ArrayList<>();
    for (Drawn set : samples) {
      SamplesResult measured = measured(set);
      evaluated.write("samples-" + measured.name(), measured, measured.seconds());
      results.add(measured);
    }
    return results;
  }

  private SamplesResult measured(Drawn set) {
    try (CountedJob job = evaluated.job("samples " + set.name())) {
      return judge.measure(job, set.name(), set.images(), half);
    }
  }

  private SampleComparison judge(
      RunDirectory run,
      ImageShape shape,
      Optional<ShardedData> training,
      Real real,
      RealImages rows)
      throws IOException {
    Optional<Classifier> classifier = Optional.empty();
    double[] shares = {};
    List<ClassifierReport> accuracies = new ArrayList<>();
    if (!shape.vector() && settings.evaluate().classes()) {
      ShardedData labelled =
          training.orElseThrow(
              () ->
                  new DataException(
                      "Classes need the training data: give -D tweedie.data.path, or -D tweedie.evaluate.classes=false to measure pixels only"));
      EvaluatedRun.checkShape(labelled, shape);
      long[] counts = labels(labelled);
      long[] realCounts = ClassCounts.of(evaluated.session(), real.shards().orElseThrow());
      if (realCounts.length > counts.length) {
        throw new DataException(
            "%s has the label %d, the training data have classes 0..%d only"
                .formatted(real.place(), realCounts.length - 1, counts.length - 1));
      }
      RunClassifier trained = new RunClassifier(spark, run, settings);
      classifier = Optional.of(trained.of(labelled, counts));
      accuracies.add(new ClassifierReport("training images held out", classifier.get().accuracy()));
      if (!real.trainedOn() && realCounts.length > 0) {
        accuracies.add(
            new ClassifierReport(
                "images of " + real.place(),
                trained.accuracy(classifier.get(), real.shards().get())));
      }
      shares =
          ClassHistogram.shares(
              realCounts.length == 0 ? counts : Arrays.copyOf(realCounts, counts.length));
    }
    return new SampleComparison(
        spark,
        settings,
        shape,
        new SampleComparison.Reference(
            real.place(),
            real.trainedOn(),
            real.shards().map(ShardedData::eightBit).orElse(false),
            rows,
            shares,
            accuracies),
        classifier,
        evaluated.mixture().filter(found -> found.dimension() == shape.dimension()),
        !real.trainedOn() ? training : Optional.empty(),
        evaluated.overrides());
  }

  private long[] labels(ShardedData labelled) {
    long[] counts = ClassCounts.of(evaluated.session(), labelled);
    if (counts.length == 0) {
      throw new DataException(
          "None of the %d images of %s has a label, which classes and features need; -D tweedie.evaluate.classes=false measures pixels only"
              .formatted(labelled.images(), settings.data().path()));
    }
    return counts;
  }

  /** Fewest samples that every metric can be measured on. */
  private int fewest() {
    return Math.max(Jackknife.GROUPS, settings.evaluate().neighbours() + 1);
  }

  /** How many real images are compared; as many others are their floor. */
  private int half(Real real, int samples) {
    long half = real.shards().map(data -> data.images() / 2).orElse((long) samples);
    if (half < fewest()) {
      throw new DataException(
          "%s holds %d images; at least %d are needed, two halves of %d"
              .formatted(
                  real.place(), real.shards().orElseThrow().images(), 2 * fewest(), fewest()));
    }
    return (int) Math.min(half, samples);
  }
}
