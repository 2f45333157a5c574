package tweedie.driver;

import java.util.List;
import tweedie.data.DataStatistics;
import tweedie.data.ImageShape;
import tweedie.driver.config.Settings;
import tweedie.network.NetworkSettings;
import tweedie.score.GaussianMixture;
import tweedie.score.NoiseSchedule;
import tweedie.train.NesterovStep;
import tweedie.train.OuterStep;
import tweedie.train.SlowMomentumStep;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.LevelOf;
import tweedie.train.WeightedMean;

/** What the settings of a run mean to the jobs. */
final class JobSettings {

  private JobSettings() {}

  static NoiseSchedule noise(Settings.Noise noise) {
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
  record MeanNoise(double min, double max) {}

  static MeanNoise meanNoise(Settings settings) {
    NoiseSchedule trained = noise(settings.noise());
    // a schedule of the noise of each copy trains the mean of the copies at a smaller one
    double perMean =
        settings.noise().levelOf() == LevelOf.COPY ? 1 / Math.sqrt(settings.noise().copies()) : 1;
    return new MeanNoise(trained.min() * perMean, trained.max() * perMean);
  }

  static GaussianMixture mixture(Settings.Mixture mixture) {
    return new GaussianMixture(
        array(mixture.weights()),
        mixture.means().stream().map(JobSettings::array).toArray(double[][]::new),
        array(mixture.stds()));
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  static NetworkSettings network(Settings settings, ImageShape shape, DataStatistics statistics) {
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
        model.pixelFrequencies());
  }

  static TrainSettings training(Settings settings) {
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
            train.epsilon()),
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
