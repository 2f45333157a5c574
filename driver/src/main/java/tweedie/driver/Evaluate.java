package tweedie.driver;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.GeneratedImages;
import tweedie.data.ImageShape;
import tweedie.data.ShardedData;
import tweedie.data.WholeFile;
import tweedie.driver.Measured.ClassifierReport;
import tweedie.driver.SampleSets.SampleSet;
import tweedie.driver.config.Settings;
import tweedie.evaluate.ClassHistogram;
import tweedie.evaluate.Classifier;
import tweedie.evaluate.Jackknife;
import tweedie.score.GaussianMixture;

/**
 * Measures the samples of a run against real images, and writes {@code
 * evaluation/samples-NAME.json}.
 *
 * <p>By default every directory of samples is measured against the training data. All sets are read
 * and checked before anything is trained or written.
 */
final class Evaluate {

  private static final Logger LOG = LoggerFactory.getLogger(Evaluate.class);
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  private final SparkSession session;
  private final JavaSparkContext spark;
  private final EvaluateRequest request;
  private final Settings settings;
  private final Configuration conf;

  Evaluate(EvaluateRequest request, SparkSession session) {
    this.session = session;
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.request = request;
    this.settings = request.config().settings();
    this.conf = spark.hadoopConfiguration();
  }

  /**
   * The real images.
   *
   * @param place where they are, for people
   * @param trainedOn whether the model has seen them
   * @param shards empty where they are drawn from the mixture
   */
  private record Real(String place, boolean trainedOn, Optional<ShardedData> shards) {}

  List<Measured> execute() throws IOException {
    RunDirectory run = RunDirectory.at(request.run(), conf);
    ImageShape shape = shape(run);
    Optional<ShardedData> training = training();
    Real real = real(training);
    real.shards().ifPresent(data -> checkShape(data, shape));
    List<SampleSet> sets = SampleSets.of(run, request.samples(), conf);
    List<GeneratedImages> samples = new ArrayList<>();
    for (SampleSet set : sets) {
      samples.add(SampleSets.read(set, shape, fewest(), settings.evaluate().images(), conf));
    }
    int half = half(real, samples.stream().mapToInt(GeneratedImages::count).max().orElseThrow());
    RealRows rows =
        real.shards().isPresent()
            ? RealRows.choose(spark, real.shards().get(), settings.seed(), 2 * half)
            : RealRows.draw(mixture().orElseThrow(), settings.seed(), 2 * half);
    Judge judge = judge(run, shape, training, real, rows);
    List<Measured> results = new ArrayList<>();
    for (int i = 0; i < sets.size(); i++) {
      spark.setJobGroup("tweedie evaluate " + run.path(), "samples " + sets.get(i).name());
      Measured measured = judge.measure(sets.get(i).name(), samples.get(i), half);
      spark.clearJobGroup();
      Path file = new Path(run.path(), "evaluation/samples-%s.json".formatted(measured.name()));
      run.files().mkdirs(file.getParent());
      WholeFile.write(run.files(), file, JSON.writeValueAsString(measured));
      LOG.info("{} measured in {} s", file, "%.1f".formatted(measured.seconds()));
      results.add(measured);
    }
    return results;
  }

  private Judge judge(
      RunDirectory run, ImageShape shape, Optional<ShardedData> training, Real real, RealRows rows)
      throws IOException {
    Optional<Classifier> classifier = Optional.empty();
    double[] shares = {};
    List<ClassifierReport> accuracies = new ArrayList<>();
    if (shape.height() * shape.width() > 1 && settings.evaluate().classes()) {
      ShardedData labelled =
          training.orElseThrow(
              () ->
                  new DataException(
                      "Classes need the training data: give -D tweedie.data.path, or -D tweedie.evaluate.classes=false to measure pixels only"));
      checkShape(labelled, shape);
      long[] counts = labels(labelled);
      long[] realCounts = ClassCounts.of(session, real.shards().orElseThrow());
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
    return new Judge(
        spark,
        settings,
        shape,
        new Judge.Reference(
            real.place(),
            real.trainedOn(),
            real.shards().map(ShardedData::eightBit).orElse(false),
            rows,
            shares,
            accuracies),
        classifier,
        mixture().filter(found -> found.dimension() == shape.dimension()),
        !real.trainedOn() ? training : Optional.empty());
  }

  private long[] labels(ShardedData labelled) {
    long[] counts = ClassCounts.of(session, labelled);
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

  private ImageShape shape(RunDirectory run) throws IOException {
    if (settings.model().oracle() == Settings.Oracle.MIXTURE) {
      return new ImageShape(1, 1, mixture().orElseThrow().dimension());
    }
    return run.checkpoints()
        .latest()
        .orElseThrow(
            () ->
                new DataException(
                    "The run %s has no checkpoint: there is nothing to measure"
                        .formatted(run.path())))
        .network()
        .shape();
  }

  private Optional<ShardedData> training() throws IOException {
    String path = settings.data().path();
    return path.isEmpty() ? Optional.empty() : Optional.of(ShardedData.open(new Path(path), conf));
  }

  private Real real(Optional<ShardedData> training) throws IOException {
    if (request.data().isPresent()) {
      ShardedData data = ShardedData.open(request.data().get(), conf);
      boolean same =
          training.filter(seen -> seen.fingerprint().equals(data.fingerprint())).isPresent();
      return new Real(request.data().get().toString(), same, Optional.of(data));
    }
    if (settings.model().oracle() == Settings.Oracle.MIXTURE) {
      return new Real("exact draws of the mixture", false, Optional.empty());
    }
    return new Real(
        settings.data().path(),
        true,
        Optional.of(
            training.orElseThrow(
                () -> new DataException("evaluate needs real images: give --data URI"))));
  }

  private static void checkShape(ShardedData data, ImageShape shape) {
    if (!data.shape().equals(shape)) {
      throw new DataException(
          "%s holds images of %s, the model's are of %s"
              .formatted(new Path(data.shards().get(0).path()).getParent(), data.shape(), shape));
    }
  }

  private Optional<GaussianMixture> mixture() {
    Settings.Mixture mixture = settings.data().mixture();
    return mixture.weights().isEmpty()
        ? Optional.empty()
        : Optional.of(JobSettings.mixture(mixture));
  }
}
