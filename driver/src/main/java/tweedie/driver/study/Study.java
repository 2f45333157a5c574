package tweedie.driver.study;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.ResultFiles;
import tweedie.data.WholeFile;
import tweedie.data.shard.ShardedData;
import tweedie.device.TaskResources;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingProblem;
import tweedie.driver.config.Settings;
import tweedie.driver.config.Settings.Hypothesis;
import tweedie.driver.progress.CountedJob;
import tweedie.driver.progress.Progress;
import tweedie.driver.run.RunLock;
import tweedie.driver.train.TrainingProblems;
import tweedie.network.engine.Engines;
import tweedie.score.CopyNoise;
import tweedie.score.NoiseSchedule;

/**
 * The paired experiment "do more noisy samples give better score estimates?": many small trainings,
 * one a task, then the differences within the pairs of one seed.
 */
public final class Study {

  private static final Logger LOG = LoggerFactory.getLogger(Study.class);

  private final JavaSparkContext spark;
  private final Path out;
  private final LoadedSettings config;
  private final Settings settings;

  /**
   * @param out directory of the results, which may hold some of this study
   */
  public Study(Path out, LoadedSettings config, SparkSession session) {
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.out = out;
    this.config = config;
    this.settings = config.settings();
  }

  /**
   * What a study has found.
   *
   * @param directory where it is
   * @param trained trainings that this call did
   * @param found trainings that were there
   * @param withoutImages whether it asks of images and there are none
   * @param table the differences
   */
  public record Result(
      Path directory, int trained, int found, boolean withoutImages, StudyTable table) {}

  /** A data set and what is asked of it. */
  private record Asked(StudyData data, List<Hypothesis> hypotheses) {}

  public Result execute() throws IOException {
    checkLevels();
    List<Asked> asked = asked();
    StudyDirectory directory = StudyDirectory.at(out, spark.hadoopConfiguration());
    directory.check(config);
    try (RunLock lock = directory.lock()) {
      directory.check(config);
      lock.whileOwned(() -> directory.writeConfig(config));
      return execute(directory, lock, asked);
    }
  }

  private Result execute(StudyDirectory directory, RunLock lock, List<Asked> asked)
      throws IOException {
    List<StudyTraining> trainings = trainings(asked);
    List<StudyTraining> missing = new ArrayList<>();
    for (StudyTraining training : trainings) {
      if (!directory.has(training)) {
        missing.add(training);
      }
    }
    LOG.info(
        "{} trainings, {} of them done before",
        trainings.size(),
        trainings.size() - missing.size());
    train(missing, directory);
    List<StudyResult> results = new ArrayList<>();
    for (StudyTraining training : trainings) {
      results.add(directory.read(training));
    }
    StudyTable table = new StudyComparisons(settings, results).table();
    lock.whileOwned(
        () -> {
          directory.write("study.html", StudyPage.html(table));
          directory.write("study.json", table.json());
          directory.write("comparisons.csv", table.comparisonsCsv());
          directory.write("gradients.csv", table.gradientsCsv());
        });
    return new Result(
        directory.path(),
        missing.size(),
        trainings.size() - missing.size(),
        withoutImages(),
        table);
  }

  private void train(List<StudyTraining> missing, StudyDirectory directory) {
    if (missing.isEmpty()) {
      return;
    }
    long images = missing.stream().mapToLong(StudyTraining::images).sum();
    try (CountedJob job =
        new CountedJob(spark, "tweedie study " + out, missing.size() + " trainings")) {
      LongAccumulator trained =
          job.count("images trained", Progress.start("study", "images", images));
      spark
          .parallelize(missing, missing.size())
          .foreach(new Task(directory.path().toString(), trained));
    }
  }

  /**
   * Does one training and writes its result, so that it is kept whatever becomes of the others.
   *
   * @param progress counts images
   */
  private record Task(String directory, LongAccumulator progress)
      implements VoidFunction<StudyTraining> {

    @Override
    public void call(StudyTraining training) throws IOException {
      Engines.take(training.settings().threadsPerWorker());
      Configuration conf = TaskResources.hadoop();
      StudyResult result = training.run(conf, progress);
      Path file = StudyDirectory.result(new Path(directory), training);
      WholeFile.write(ResultFiles.of(file, conf), file, result.toJson());
    }
  }

  /**
   * All trainings, those of one seed after the other: images take much longer than points of a
   * mixture, and with some of each done the time left can be told.
   */
  private List<StudyTraining> trainings(List<Asked> asked) {
    List<StudyTraining> trainings = new ArrayList<>();
    for (int pair = 0; pair < settings.study().seeds(); pair++) {
      for (Asked one : asked) {
        for (StudyVariant variant : StudyVariant.of(settings.study(), one.hypotheses())) {
          trainings.add(StudyTraining.of(settings, one.data(), variant, pair));
        }
      }
    }
    return trainings;
  }

  private boolean withoutImages() {
    return settings.data().path().isEmpty() && !settings.study().images().hypotheses().isEmpty();
  }

  private List<Asked> asked() throws IOException {
    List<Asked> asked = new ArrayList<>();
    Settings.Mixtures mixtures = settings.study().mixtures();
    if (!mixtures.hypotheses().isEmpty()) {
      for (int dimension : mixtures.dimensions()) {
        for (double separation : mixtures.separations()) {
          asked.add(
              new Asked(
                  new StudyData.Mixture(
                      dimension,
                      separation,
                      mixtures.components(),
                      mixtures.std(),
                      mixtures.images(),
                      mixtures.testImages(),
                      settings.seed()),
                  mixtures.hypotheses()));
        }
      }
    }
    Settings.Images images = settings.study().images();
    if (!images.hypotheses().isEmpty() && !settings.data().path().isEmpty()) {
      asked.add(new Asked(images(images), images.hypotheses()));
    }
    if (asked.isEmpty()) {
      throw new ConfigException(
          config.problem(
              "tweedie.study.mixtures.hypotheses",
              "asks nothing, and nothing is asked of images: name information, matched, draws or stable, and tweedie.data.path for images"));
    }
    return asked;
  }

  private StudyData images(Settings.Images images) throws IOException {
    ShardedData data = FromSettings.data(config, spark.hadoopConfiguration());
    List<SettingProblem> problems = new ArrayList<>();
    long needed = (long) images.images() + images.testImages();
    if (data.images() < needed) {
      problems.add(
          config.problem(
              "tweedie.study.images.images",
              "and tweedie.study.images.test-images = %d are %d images, tweedie.data.path holds %d"
                  .formatted(images.testImages(), needed, data.images())));
    }
    TrainingProblems.misfit(config, data.shape()).ifPresent(problems::add);
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return StudyData.Images.of(name(data), data, images.images(), images.testImages());
  }

  /** Names data by what is in them; as the results there do, where an earlier version began. */
  private String name(ShardedData data) throws IOException {
    String former = StudyData.Images.name(data.fingerprintOfFiles());
    return StudyDirectory.at(out, spark.hadoopConfiguration()).hasResultsOf(former)
        ? former
        : StudyData.Images.name(data.fingerprint());
  }

  /** A network cannot be judged at a noise level that it has not been trained on. */
  private void checkLevels() {
    NoiseSchedule trained = FromSettings.noise(settings.noise());
    for (double s : settings.study().levels()) {
      checkLevel("tweedie.study.levels", "holds", s, trained);
    }
    for (int copies : settings.study().copies()) {
      double s = new CopyNoise(settings.study().sigma(), copies).s();
      checkLevel(
          "tweedie.study.sigma", "is for the mean of %d copies".formatted(copies), s, trained);
    }
  }

  private void checkLevel(String key, String is, double s, NoiseSchedule trained) {
    if (s < trained.min() || s > trained.max()) {
      throw new ConfigException(
          config.problem(
              key,
              "%s %s; tweedie.noise trains from %s to %s only"
                  .formatted(is, (float) s, (float) trained.min(), (float) trained.max())));
    }
  }
}
