package tweedie.driver.sample;

import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.shard.DataStatistics;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.run.RunDirectory;
import tweedie.sample.AnnealedLangevin;
import tweedie.sample.AnnealedLangevin.Ending;
import tweedie.sample.ChainStart;
import tweedie.sample.Churn;
import tweedie.sample.ConsistentAnnealed;
import tweedie.sample.Heun;
import tweedie.sample.Multistep;
import tweedie.sample.NoiseLevels;
import tweedie.sample.OdeSampler;
import tweedie.sample.PredictorCorrector;
import tweedie.sample.Sampler;
import tweedie.sample.SeedSchedule;
import tweedie.sample.walk.Friction;
import tweedie.sample.walk.Integrator;
import tweedie.sample.walk.OneAtATime;
import tweedie.sample.walk.WalkJump;
import tweedie.score.GaussianMixture;

/**
 * The sampler that the settings describe, with what they leave open chosen from the training and
 * the data.
 */
record SamplerChoice(
    LoadedSettings config, SamplerChoice.Moments data, FromSettings.MeanNoise trained) {

  private static final Logger LOG = LoggerFactory.getLogger(SamplerChoice.class);

  /**
   * As many levels as Karras et al. 2022 (arXiv 2206.00364) take for images of 32 x 32 (18),
   * rounded up.
   */
  private static final int ODE_LEVELS = 20;

  /** How the levels of the multistep methods crowd at small noise: EDM's, like those of heun. */
  private static final double RHO = 7;

  /** Levels at which methods of one call a level reproduce mixtures; more are rarely better. */
  private static final int FINE_LEVELS = 100;

  /** Nearly the smallest step that consistent sampling allows: the least noise is added. */
  private static final double CONSISTENT_STEP = 1.01;

  /**
   * Step over squared noise for a single level, which has no neighbour to follow: well inside
   * stability.
   */
  private static final double SINGLE_LEVEL_STEP = 0.1;

  /**
   * Beyond this share of the variance of the noise, that of the data shows in the shape of what is
   * noisy: at it the weights of three modes (docs/sampling.md) are off by less than 0.005.
   */
  private static final double LARGEST_VARIANCE_SHARE = 0.25;

  /** Three standard errors of the share of the lighter of two points. */
  private static final double LARGEST_SHARE_ERROR = 0.018;

  /** Trying out more takes more than some seconds. */
  private static final int MOST_TRIED_CALLS = 2_000;

  /**
   * What samplers want to know of the data.
   *
   * @param mean [d]
   * @param variance mean over the pixels of the variance about the mean that chains start with
   * @param largestDistance of two images; 0 where it is not known
   */
  record Moments(double[] mean, double variance, double largestDistance) {

    /** Where chains start with this noise. */
    ChainStart with(double noise) {
      return new ChainStart(mean, noise, variance);
    }
  }

  /**
   * The sampler of a run.
   *
   * @param shape of the images that the model draws
   * @param statistics of the data of the model; empty for a mixture
   * @throws DataException if the settings do not make one
   */
  static Sampler of(
      LoadedSettings config,
      RunDirectory run,
      ImageShape shape,
      Optional<DataStatistics> statistics) {
    Moments data = moments(config.settings(), statistics);
    if (data.mean().length != shape.dimension()) {
      throw new DataException(
          "The run %s was trained on images of %d values, as its data.json says, but the checkpoint is of a network for images of %s"
              .formatted(run.path(), data.mean().length, shape));
    }
    try {
      return new SamplerChoice(config, data, FromSettings.meanNoise(config.settings())).sampler();
    } catch (IllegalArgumentException e) { // such as a step beyond stability
      throw new DataException(
          "tweedie.sample.method = %s cannot run: %s"
              .formatted(name(config.settings().sample().method()), e.getMessage()),
          e);
    }
  }

  /** What a method is called in settings. */
  static String name(Settings.Method method) {
    return method.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private Sampler sampler() {
    Settings.Sample sample = config.settings().sample();
    return switch (sample.method()) {
      case ANNEALED -> annealed(sample);
      case CONSISTENT -> consistent(sample);
      case HEUN -> {
        Levels span = span(trained.max());
        yield new Heun(
            span.start(),
            NoiseLevels.karras(span.max(), span.min(), span.count(ODE_LEVELS), sample.heun().rho()),
            new Churn(
                sample.heun().churn(),
                sample.heun().churnMin(),
                sample.heun().churnMax(),
                sample.heun().churnNoise()));
      }
      case DPM_SOLVER -> multistep(Multistep.Rule.DPM_SOLVER);
      case UNIPC -> multistep(Multistep.Rule.UNIPC);
      case ODE -> {
        Levels span = span(trained.max());
        yield new OdeSampler(span.start(), span.max(), span.min(), sample.ode().tolerance());
      }
      case PREDICTOR_CORRECTOR -> {
        Levels span = span(farEnough());
        yield new PredictorCorrector(
            span.start(),
            NoiseLevels.geometric(span.max(), span.min(), span.count(FINE_LEVELS)),
            sample.predictorCorrector().snr(),
            sample.predictorCorrector().correctorSteps());
      }
      case WALK_JUMP -> walkJump(sample.walkJump());
      case OAT -> oneAtATime(sample.oat());
      case SEED -> SeedSchedule.original(data.mean());
    };
  }

  private Multistep multistep(Multistep.Rule rule) {
    Levels span = span(trained.max());
    return new Multistep(
        span.start(),
        NoiseLevels.karras(span.max(), span.min(), span.count(ODE_LEVELS), RHO),
        rule);
  }

  private AnnealedLangevin annealed(Settings.Sample sample) {
    Levels span = span(farEnough());
    NoiseLevels noise =
        NoiseLevels.geometric(span.max(), span.min(), span.count(recommendedLevels(span)));
    double step = sample.annealed().stepRatio();
    if (step == 0) {
      step =
          noise.count() > 1
              ? AnnealedLangevin.bestStep(noise.largestRatio(), sample.annealed().steps())
              : SINGLE_LEVEL_STEP;
    }
    AnnealedLangevin annealed =
        new AnnealedLangevin(span.start(), noise, step, sample.annealed().steps(), ending(sample));
    warnOfFarModes(annealed);
    return annealed;
  }

  private void warnOfFarModes(AnnealedLangevin annealed) {
    if (data.largestDistance() == 0 || annealed.calls() > MOST_TRIED_CALLS) {
      return;
    }
    double share = annealed.lighterShare(data.largestDistance());
    if (Math.abs(share - AnnealedLangevin.LIGHTER) > LARGEST_SHARE_ERROR) {
      LOG.warn(
          "these levels and steps are too few for modes as far apart as the images reach: of two points {} apart, the one with {} % of the data gets {} % of the chains; heun, dpm-solver, unipc, ode and consistent do not have this error, larger tweedie.sample.annealed.steps with annealed.step-ratio = 0.1 have less",
          "%.4g".formatted(data.largestDistance()),
          "%.0f".formatted(100 * AnnealedLangevin.LIGHTER),
          "%.0f".formatted(100 * share));
    }
  }

  private ConsistentAnnealed consistent(Settings.Sample sample) {
    Levels span = span(trained.max());
    NoiseLevels noise =
        NoiseLevels.geometric(
            span.max(), span.min(), span.count(Math.max(FINE_LEVELS, recommendedLevels(span))));
    double eta = sample.consistent().eta();
    if (eta == 0) {
      eta = CONSISTENT_STEP * (1 - 1 / noise.largestRatio());
    }
    return new ConsistentAnnealed(span.start(), noise, eta, ending(sample));
  }

  private WalkJump walkJump(Settings.WalkJump walk) {
    double s = walk.s();
    if (s == 0 && trained.min() < trained.max()) {
      throw new ConfigException(
          config.problem(
              "tweedie.sample.walk-jump.s",
              "must be the noise to walk at, between the trained %.4g and %.4g"
                  .formatted(trained.min(), trained.max())));
    }
    s = s > 0 ? s : trained.max();
    // chains that begin close together would agree without having seen the rest
    return new WalkJump(
        data.with(Math.max(s, farEnough())),
        s,
        integrator(walk.integrator(), walk.step() * s, walk.frictionPer(), walk.friction()),
        walk.burnIn(),
        walk.stepsPerJump(),
        1);
  }

  private OneAtATime oneAtATime(Settings.Oat oat) {
    double sigma = oat.sigma() > 0 ? oat.sigma() : farEnough();
    return new OneAtATime(
        data.with(sigma),
        sigma,
        oat.copies(),
        integrator(oat.integrator(), oat.step() * sigma, oat.frictionPer(), oat.friction()),
        oat.stepsPerCopy());
  }

  private static Integrator integrator(
      Integrator.Scheme scheme, double dt, Friction.Per per, double friction) {
    return new Integrator(scheme, dt, 1, new Friction(per, friction));
  }

  private static Ending ending(Settings.Sample sample) {
    return sample.finalJump() ? Ending.JUMP : Ending.WALK;
  }

  /**
   * The largest distance of two images, at which Langevin steps reach every image from every other
   * (technique 1 of NCSNv2, arXiv 2006.09011); the largest trained noise if that is smaller.
   */
  private double farEnough() {
    double distance = data.largestDistance();
    return distance > 0
        ? Math.max(trained.min(), Math.min(trained.max(), distance))
        : trained.max();
  }

  private int recommendedLevels(Levels span) {
    return span.max() > span.min()
        ? NoiseLevels.count(span.max(), span.min(), data.mean().length)
        : 1;
  }

  /** From the largest to the smallest noise level. */
  private record Levels(ChainStart start, double max, double min, int asked) {

    /** As many as asked for, or as the method's own. */
    int count(int own) {
      return max > min ? (asked > 0 ? asked : own) : 1;
    }
  }

  /**
   * The noise levels that the settings ask for.
   *
   * @param max the largest where they leave it open
   */
  private Levels span(double max) {
    Settings.Sample sample = config.settings().sample();
    double from = sample.sigmaMax() > 0 ? sample.sigmaMax() : max;
    double to = sample.sigmaMin() > 0 ? sample.sigmaMin() : trained.min();
    if (to > from) {
      throw new DataException(
          "Samples need tweedie.sample.sigma-min, %s, to be at most tweedie.sample.sigma-max, %s (where one is 0, it is what was trained)"
              .formatted(to, from));
    }
    LOG.info(
        "noise from {} ({}) to {} ({}); the trained levels are {} to {}, the largest distance of two images is {}{}",
        "%.4g".formatted(from),
        sample.sigmaMax() > 0
            ? "set"
            : from < trained.max() ? "that distance reaches everywhere" : "the largest trained",
        "%.4g".formatted(to),
        sample.sigmaMin() > 0 ? "set" : "the smallest trained",
        "%.4g".formatted(trained.min()),
        "%.4g".formatted(trained.max()),
        data.largestDistance() > 0 ? "%.4g".formatted(data.largestDistance()) : "not measured",
        from < data.largestDistance() && to < from
            ? ", which chains that start at less noise do not cross"
            : "");
    if (data.variance() > LARGEST_VARIANCE_SHARE * from * from) {
      LOG.warn(
          "chains start at noise {}, whose variance is only {} times that of the data, {}: the noisy data are not normal there as the start is; a larger tweedie.sample.sigma-max is better, as far as it was trained",
          "%.4g".formatted(from),
          "%.3g".formatted(from * from / data.variance()),
          "%.4g".formatted(data.variance()));
    }
    return new Levels(data.with(from), from, to, sample.levels());
  }

  private static Moments moments(Settings settings, Optional<DataStatistics> statistics) {
    if (statistics.isEmpty()) {
      GaussianMixture mixture = FromSettings.mixture(settings.data().mixture());
      return new Moments(
          mixture.mean(), mixture.totalVariance() / mixture.dimension(), largestDistance(mixture));
    }
    // what is known of an image has no variance
    boolean completes = !settings.sample().inpaint().image().isEmpty();
    DataStatistics data = statistics.get();
    return new Moments(
        data.meanImage(), completes ? 0 : data.varianceAboutMeanImage(), data.largestDistance());
  }

  /** Root mean square distance of two draws, of the components that are farthest apart. */
  private static double largestDistance(GaussianMixture mixture) {
    double farthest = 0;
    for (int k = 0; k < mixture.components(); k++) {
      for (int l = 0; l <= k; l++) {
        double squares =
            mixture.dimension()
                * (mixture.std(k) * mixture.std(k) + mixture.std(l) * mixture.std(l));
        for (int j = 0; j < mixture.dimension(); j++) {
          squares += Math.pow(mixture.mean(k)[j] - mixture.mean(l)[j], 2);
        }
        farthest = Math.max(farthest, squares);
      }
    }
    return Math.sqrt(farthest);
  }
}
