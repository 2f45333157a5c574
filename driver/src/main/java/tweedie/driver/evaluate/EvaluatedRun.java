package tweedie.driver.evaluate;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.data.ImageShape;
import tweedie.data.Json;
import tweedie.data.WholeFile;
import tweedie.data.shard.ShardedData;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.model.Models;
import tweedie.driver.model.RunModel;
import tweedie.driver.progress.CountedJob;
import tweedie.driver.run.RunDirectory;
import tweedie.score.GaussianMixture;
import tweedie.train.checkpoint.Checkpoint;

/**
 * The run that is measured, and the real images it is measured on.
 *
 * @param overrides the settings of the measurement that are not the run's
 */
public record EvaluatedRun(
    EvaluateRequest request, SparkSession session, RunDirectory directory, List<String> overrides) {

  /** What stands for a place where real images are drawn. */
  public static final String DRAWS = "exact draws of the mixture";

  private static final String EVALUATION = "evaluation";

  private static final Logger LOG = LoggerFactory.getLogger(EvaluatedRun.class);

  public EvaluatedRun(EvaluateRequest request, SparkSession session) throws IOException {
    this(
        request,
        session,
        RunDirectory.at(request.run(), session.sparkContext().hadoopConfiguration()),
        request
            .config()
            .overrides(
                SettingsLoader.load(
                    Optional.empty(), List.of(), RunDirectory.readConfig(request.run()))));
    WholeFile.sweepAbandoned(directory.files(), new Path(directory.path(), EVALUATION), "");
    WholeFile.prepare(directory.files(), new Path(directory.path(), EVALUATION + "/results"));
  }

  /**
   * Real images.
   *
   * @param place where they are, for people
   * @param trainedOn whether the model has seen them
   * @param shards empty where they are drawn from the mixture
   */
  public record Real(String place, boolean trainedOn, Optional<ShardedData> shards) {}

  public JavaSparkContext spark() {
    return JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  public Configuration conf() {
    return session.sparkContext().hadoopConfiguration();
  }

  public Settings settings() {
    return request.config().settings();
  }

  /** Names the Spark jobs of a measurement. */
  public CountedJob job(String description) {
    return new CountedJob(spark(), "tweedie evaluate " + directory.path(), description);
  }

  /**
   * The model, as {@code sample} takes it.
   *
   * @throws DataException if the run has none
   */
  public RunModel model() throws IOException {
    return Models.of(directory, request.config(), request.checkpoint(), "measure");
  }

  /**
   * The shape of the model's images.
   *
   * @throws DataException if the run has no model
   */
  public ImageShape shape() throws IOException {
    if (settings().model().oracle() != Settings.Oracle.NONE) {
      return model().shape();
    }
    return directory
        .latest()
        .orElseThrow(
            () ->
                new DataException(
                    "The run %s has no checkpoint: there is nothing to measure"
                        .formatted(directory.path())))
        .network()
        .shape();
  }

  /** The data the run was trained on, where the settings name them. */
  public Optional<ShardedData> training() throws IOException {
    String path = settings().data().path();
    return path.isEmpty()
        ? Optional.empty()
        : Optional.of(FromSettings.data(request.config(), conf()));
  }

  /**
   * The images that {@code --data} names, of the shape of the model's; without it those of the
   * training, or exact draws of the mixture.
   *
   * @throws DataException if there are none or they have another shape
   */
  public Real real() throws IOException {
    Real real = found(training());
    if (real.shards().isPresent()) {
      checkShape(real.shards().get(), shape());
    }
    return real;
  }

  private Real found(Optional<ShardedData> training) throws IOException {
    if (request.data().isPresent()) {
      ShardedData data = ShardedData.open(request.data().get(), conf());
      boolean same = training.isPresent() ? training.get().isSameAs(data) : sawAll(data);
      return new Real(request.data().get().toString(), same, Optional.of(data));
    }
    if (settings().model().oracle() == Settings.Oracle.MIXTURE) {
      return new Real(DRAWS, false, Optional.empty());
    }
    return new Real(
        settings().data().path(),
        true,
        Optional.of(
            training.orElseThrow(
                () -> new DataException("evaluate needs real images: give --data URI"))));
  }

  /** Whether these are the images of a training that read them elsewhere, such as in a table. */
  private boolean sawAll(ShardedData data) throws IOException {
    return directory
        .latest()
        .flatMap(Checkpoint::origin)
        .map(Checkpoint.Origin::data)
        .filter(seen -> seen.statistics().images() == data.images())
        .filter(seen -> data.isOf(seen.fingerprint()))
        .isPresent();
  }

  /**
   * Refuses data of another shape.
   *
   * @throws DataException if its images are not of {@code shape}
   */
  public static void checkShape(ShardedData data, ImageShape shape) {
    if (!data.shape().equals(shape)) {
      throw new DataException(
          "%s holds images of %s, the model's are of %s"
              .formatted(new Path(data.shards().get(0).path()).getParent(), data.shape(), shape));
    }
  }

  /**
   * Refuses images whose classes have other names than those of the training data.
   *
   * @param names of these, by label
   * @param remedy what else can be done, after a comma or a semicolon; empty for nothing
   */
  public static void checkNames(List<String> names, Real real, String remedy) {
    List<String> others = real.shards().map(ShardedData::classNames).orElse(List.of());
    for (int k = 0; k < Math.min(names.size(), others.size()); k++) {
      if (!others.get(k).equals(names.get(k))) {
        throw new DataException(
            "Class %d of %s is %s, that of the training data %s; import both with the same classes%s"
                .formatted(k, real.place(), others.get(k), names.get(k), remedy));
      }
    }
  }

  /** The mixture that the settings describe. */
  public Optional<GaussianMixture> mixture() {
    Settings.Mixture mixture = settings().data().mixture();
    return mixture.weights().isEmpty()
        ? Optional.empty()
        : Optional.of(FromSettings.mixture(mixture));
  }

  /** Writes {@code evaluation/NAME.json}. */
  public void write(String name, Measurement.Result result, double seconds) throws IOException {
    Path file = FileSystems.child(new Path(directory.path(), EVALUATION), name + ".json");
    directory.files().mkdirs(file.getParent());
    WholeFile.write(directory.files(), file, Json.SNAKE_PAGE.text(result));
    LOG.info("{} measured in {} s", file, "%.1f".formatted(seconds));
  }
}
