package tweedie.driver.config;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.data.ImageShape;
import tweedie.data.shard.DataStatistics;
import tweedie.data.shard.ShardedData;
import tweedie.network.NetworkSettings;
import tweedie.score.CopyNoise;
import tweedie.score.GaussianMixture;
import tweedie.score.NoiseSchedule;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.LevelOf;
import tweedie.train.averaging.NesterovStep;
import tweedie.train.averaging.OuterStep;
import tweedie.train.averaging.SlowMomentumStep;
import tweedie.train.averaging.WeightedMean;

/** What the settings of a run mean to the jobs. */
public final class FromSettings {

  private FromSettings() {}

  /** Opens the data set that tweedie.data.path names. */
  public static ShardedData data(LoadedSettings config, Configuration conf) throws IOException {
    return data(config, "tweedie.data.path", config.settings().data().path(), conf);
  }

  /**
   * Opens the data set that a setting names.
   *
   * @param key the setting, such as tweedie.data.path
   * @param path its value
   * @throws ConfigException if there is none
   */
  public static ShardedData data(LoadedSettings config, String key, String path, Configuration conf)
      throws IOException {
    try {
      return ShardedData.open(FileSystems.path(path), conf);
    } catch (DataException e) {
      throw new ConfigException(config.problem(key, "is no data set: " + e.getMessage()));
    }
  }

  public static NoiseSchedule noise(Settings.Noise noise) {
    return switch (noise.schedule()) {
      case VE -> new NoiseSchedule.Ve(noise.ve().sigma(), noise.ve().tMin(), noise.ve().tMax());
      case FIXED -> new NoiseSchedule.Fixed(noise.fixed().sigma());
      case EDM ->
          new NoiseSchedule.LogNormal(
              noise.edm().mean(),
              noise.edm().std(),
              noise.edm().sigmaMin(),
              noise.edm().sigmaMax());
    };
  }

  /** The smallest and the largest noise s of the mean of the copies that training draws. */
  public record MeanNoise(double min, double max) {}

  public static MeanNoise meanNoise(Settings settings) {
    NoiseSchedule trained = noise(settings.noise());
    return new MeanNoise(
        meanNoise(settings.noise(), trained.min()), meanNoise(settings.noise(), trained.max()));
  }

  /** The noise s of the mean of the copies at a level of the schedule. */
  private static double meanNoise(Settings.Noise noise, double level) {
    return noise.levelOf() == LevelOf.COPY ? new CopyNoise(level, noise.copies()).s() : level;
  }

  /** The mixture; weights that sum to 1 only as they are written are made to. */
  public static GaussianMixture mixture(Settings.Mixture mixture) {
    double[] weights = array(mixture.weights());
    double sum = Arrays.stream(weights).sum();
    double[] normalized = Arrays.stream(weights).map(weight -> weight / sum).toArray();
    double[][] means = matrix(mixture.means());
    return mixture.covariances().isEmpty()
        ? new GaussianMixture(normalized, means, array(mixture.stds()))
        : GaussianMixture.ofCovariances(
            normalized,
            means,
            mixture.covariances().stream().map(FromSettings::matrix).toArray(double[][][]::new));
  }

  static double[][] matrix(List<List<Double>> rows) {
    return rows.stream().map(FromSettings::array).toArray(double[][]::new);
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  public static NetworkSettings network(
      Settings settings, ImageShape shape, DataStatistics statistics) {
    Settings.Model model = settings.model();
    return new NetworkSettings(
            shape,
            model.network(),
            model.channels(),
            model.halvings(),
            model.blocks(),
            model.hidden(),
            model.depth(),
            model.embedding(),
            model.input(),
            model.input() == NetworkSettings.Input.STACKED ? settings.noise().copies() : 1,
            model.output(),
            statistics.mean(),
            statistics.std(),
            model.pixelFrequencies())
        .withAttention(model.attention())
        .withClasses(classes(model, statistics.classes()));
  }

  /**
   * Number of classes that the network is told.
   *
   * @param ofData number of classes of the images
   */
  public static int classes(Settings.Model model, int ofData) {
    return switch (model.classes()) {
      case Settings.Model.NONE -> 0;
      case Settings.Model.AUTO -> ofData;
      default -> Integer.parseInt(model.classes());
    };
  }

  public static TrainSettings training(Settings settings) {
    Settings.Train train = settings.train();
    return new TrainSettings(
        settings.seed(),
        noise(settings.noise()),
        settings.noise().copies(),
        settings.noise().draws(),
        settings.noise().levelOf(),
        settings.noise().weighting(),
        train.stableTargets().reference(),
        settings.data().dequantization(),
        settings.data().augment(),
        train.labelDropout(),
        new TrainSettings.Regularization(train.dropout(), train.consistency()),
        train.epochs(),
        train.batchSize(),
        train.workers(),
        train.threadsPerWorker(),
        new TrainSettings.Optimizer(
            train.learningRate(),
            train.warmupImages(),
            train.decay(),
            train.beta1(),
            train.beta2(),
            train.epsilon(),
            train.clip()),
        new TrainSettings.Ema(train.ema().halfLifeImages(), train.ema().rampUp()),
        averaging(train.averaging(), train.workers()),
        train.onDivergence(),
        train.maxRollbacks());
  }

  private static TrainSettings.Averaging averaging(Settings.Averaging averaging, int workers) {
    return new TrainSettings.Averaging(
        outerStep(averaging, workers),
        averaging.moments(),
        averaging.every().equals(Settings.Averaging.EPOCH)
            ? 0
            : Integer.parseInt(averaging.every()),
        averaging.warmupImages(),
        averaging.warmupEvery());
  }

  private static OuterStep outerStep(Settings.Averaging averaging, int workers) {
    return switch (averaging.strategy()) {
      case MEAN -> new WeightedMean();
      case NESTEROV ->
          new NesterovStep(
              or(averaging.outerLearningRate(), NesterovStep.PUBLISHED_LEARNING_RATE),
              or(averaging.outerMomentum(), NesterovStep.PUBLISHED_MOMENTUM));
      case SLOWMO ->
          new SlowMomentumStep(
              or(averaging.outerLearningRate(), SlowMomentumStep.PUBLISHED_LEARNING_RATE),
              or(averaging.outerMomentum(), SlowMomentumStep.publishedMomentum(workers)));
    };
  }

  private static double or(String number, double published) {
    return number.equals(Settings.Averaging.PUBLISHED) ? published : Double.parseDouble(number);
  }
}
