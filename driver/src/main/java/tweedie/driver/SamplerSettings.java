package tweedie.driver;

import java.io.IOException;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.driver.config.Settings;
import tweedie.sample.AnnealedLangevin;
import tweedie.sample.AnnealedLangevin.Ending;
import tweedie.sample.Heun;
import tweedie.sample.NoiseLevels;
import tweedie.sample.Sampler;
import tweedie.sample.Start;
import tweedie.score.GaussianMixture;
import tweedie.score.NoiseSchedule;
import tweedie.train.TrainSettings.LevelOf;

/** The sampler that the settings describe, with what they leave open chosen from the training. */
final class SamplerSettings {

  /**
   * As many levels as Karras et al. 2022 (arXiv 2206.00364) take for images of 32 x 32 (18),
   * rounded up.
   */
  private static final int HEUN_LEVELS = 20;

  private static final double KARRAS_RHO = 7;

  /**
   * Step over squared noise for a single level, which has no neighbour to follow: well inside
   * stability.
   */
  private static final double SINGLE_LEVEL_STEP = 0.1;

  private SamplerSettings() {}

  static Sampler of(Settings settings, RunDirectory run, ImageShape shape) throws IOException {
    Settings.Sample sample = settings.sample();
    NoiseSchedule trained = JobSettings.noise(settings.noise());
    // a schedule of the noise of each copy trains the mean of the copies at a smaller one
    double perMean =
        settings.noise().levelOf() == LevelOf.COPY ? 1 / Math.sqrt(settings.noise().copies()) : 1;
    double max = sample.sigmaMax() > 0 ? sample.sigmaMax() : trained.max() * perMean;
    double min = sample.sigmaMin() > 0 ? sample.sigmaMin() : trained.min() * perMean;
    if (min > max) {
      throw new DataException(
          "Samples need tweedie.sample.sigma-min, %s, to be at most tweedie.sample.sigma-max, %s (where one is 0, it is what was trained)"
              .formatted(min, max));
    }
    Start start = new Start(mean(settings, run), max);
    return switch (sample.method()) {
      case ANNEALED -> annealed(sample, start, max, min, shape.dimension());
      case HEUN -> {
        int levels = max > min ? orDefault(sample.levels(), HEUN_LEVELS) : 1;
        yield new Heun(start, NoiseLevels.karras(max, min, levels, KARRAS_RHO));
      }
    };
  }

  private static Sampler annealed(
      Settings.Sample sample, Start start, double max, double min, int dimension) {
    int levels = max > min ? orDefault(sample.levels(), NoiseLevels.count(max, min, dimension)) : 1;
    NoiseLevels noise = NoiseLevels.geometric(max, min, levels);
    double step = sample.stepRatio();
    if (step == 0) {
      step =
          levels > 1
              ? AnnealedLangevin.bestStep(noise.largestRatio(), sample.steps())
              : SINGLE_LEVEL_STEP;
    }
    return new AnnealedLangevin(
        start, noise, step, sample.steps(), sample.finalJump() ? Ending.JUMP : Ending.WALK);
  }

  private static int orDefault(int levels, int otherwise) {
    return levels > 0 ? levels : otherwise;
  }

  /** The mean of what is sampled, where chains start. */
  private static double[] mean(Settings settings, RunDirectory run) throws IOException {
    if (settings.model().oracle() == Settings.Oracle.NONE) {
      return run.statistics().meanImage();
    }
    GaussianMixture mixture = JobSettings.mixture(settings.data().mixture());
    double[] mean = new double[mixture.dimension()];
    for (int k = 0; k < mixture.components(); k++) {
      double[] center = mixture.mean(k);
      for (int j = 0; j < mean.length; j++) {
        mean[j] += mixture.weight(k) * center[j];
      }
    }
    return mean;
  }
}
