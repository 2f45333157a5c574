package tweedie.driver.config;

import static tweedie.driver.config.SettingsChange.Rule.ASKED;
import static tweedie.driver.config.SettingsChange.Rule.FREE;
import static tweedie.driver.config.SettingsChange.Rule.REFUSED;

import java.io.Serializable;
import java.util.List;
import tweedie.driver.config.Interval.Range;
import tweedie.driver.config.SettingsChange.FreeInStudy;
import tweedie.driver.config.SettingsChange.Resume;
import tweedie.evaluate.likelihood.FlowSolver;
import tweedie.evaluate.likelihood.Probe;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.network.engine.ComputeSettings;
import tweedie.sample.walk.Friction.Per;
import tweedie.sample.walk.Integrator.Scheme;
import tweedie.score.Weighting;
import tweedie.train.TrainSettings.Augmentation;
import tweedie.train.TrainSettings.Decay;
import tweedie.train.TrainSettings.Dequantization;
import tweedie.train.TrainSettings.LevelOf;
import tweedie.train.TrainSettings.Moments;
import tweedie.train.TrainSettings.OnDivergence;
import tweedie.train.round.KeptShards.Place;

/**
 * Everything that can be configured, one component for each key of {@code reference.conf}, where
 * each is described. A component {@code tMin} of {@code noise.ve} is the key {@code
 * tweedie.noise.ve.t-min}; an enum constant {@code INVERSE_SQRT} is written {@code inverse-sqrt}.
 *
 * @param seed of all random numbers of a run
 * @param data the images, or the mixture in their place
 * @param noise the noisy copies in training
 * @param model the denoiser
 * @param train how it is trained
 * @param sample how samples are drawn
 * @param evaluate how a run is measured
 * @param study whether more noisy samples give better score estimates
 * @param compute how the machines compute networks
 * @param code how images get their codes
 */
public record Settings(
    long seed,
    @Resume(FREE) Data data, // the fingerprint of the shards decides
    Noise noise,
    Model model,
    Train train,
    @Resume(FREE) @FreeInStudy Sample sample,
    @Resume(FREE) @FreeInStudy Evaluate evaluate,
    @Resume(FREE) Study study,
    @Resume(FREE) @FreeInStudy ComputeSettings compute,
    @Resume(FREE) @FreeInStudy Code code) {

  /** {@code tweedie.data}: the images, or the mixture in their place. */
  public record Data(
      @FreeInStudy String path, // results of a study are named by what is in it
      String validationPath,
      @Resume(REFUSED) Dequantization dequantization,
      @Resume(REFUSED) Augmentation augment,
      @Range("[1, 1e9]") int imagesPerShard,
      @FreeInStudy Table table,
      Mixture mixture) {

    /** Where the images of the training are; empty if the settings do not say it. */
    public String place() {
      return path.isEmpty() ? table.input() : path;
    }

    /** The setting that says where they are. */
    public String placeKey() {
      return path.isEmpty() && !table.input().isEmpty()
          ? "tweedie.data.table.input"
          : "tweedie.data.path";
    }
  }

  /** {@code tweedie.data.table}: a table that training reads in place of shards. */
  public record Table(
      String input,
      String format,
      String image,
      String label,
      String where,
      String heldOut,
      String size,
      TableChannels channels) {}

  /** What the colours of a table's pictures become. */
  public enum TableChannels {
    /** Gray where the first pictures are. */
    AUTO,
    /** One channel. */
    GRAY,
    /** Three. */
    RGB
  }

  /**
   * {@code tweedie.data.mixture}: normal components; the lists are of one length, but one of stds
   * and covariances is empty.
   */
  public record Mixture(
      @Range("[0, 1]") List<Double> weights,
      @Range("[-1e9, 1e9]") List<List<Double>> means,
      @Range("[1e-9, 1e9]") List<Double> stds,
      @Range("[-1e18, 1e18]") List<List<List<Double>>> covariances) {}

  /** {@code tweedie.noise}: the noisy copies in training. */
  public record Noise(
      Schedule schedule,
      @Range("[1, 1e6]") int copies,
      @Resume(ASKED) @Range("[1, 10000]") int draws,
      LevelOf levelOf,
      Weighting weighting,
      Ve ve,
      Fixed fixed,
      Edm edm) {}

  /** How noise levels are drawn. */
  public enum Schedule {
    /** The variance-exploding SDE, {@link Ve}. */
    VE,
    /** One level, {@link Fixed}. */
    FIXED,
    /** Normal logarithm, {@link Edm}. */
    EDM
  }

  /** {@code tweedie.noise.ve}. */
  public record Ve(
      @Range("[1.0001, 1e9]") double sigma,
      @Range("[1e-9, 100]") double tMin,
      @Range("[1e-9, 100]") double tMax) {}

  /** {@code tweedie.noise.fixed}. */
  public record Fixed(@Range("[1e-9, 1e9]") double sigma) {}

  /** {@code tweedie.noise.edm}. */
  public record Edm(
      @Range("[-50, 50]") double mean,
      @Range("[1e-3, 1000]") double std,
      @Range("[1e-9, 1e9]") double sigmaMin,
      @Range("[1e-9, 1e9]") double sigmaMax) {}

  /** {@code tweedie.model}: the denoiser. */
  public record Model(
      @Resume(FREE) String preset, // its settings are compared themselves
      Kind network,
      @Range("[1, 65536]") List<Integer> channels,
      @Range("[0, 30]") int halvings,
      @Range("[1, 1000]") int blocks,
      @Range("[1, 4096]") List<Integer> attention,
      @Range("[1, 1e6]") int hidden,
      @Range("[1, 10000]") int depth,
      @Range("[1, 1e6]") int embedding,
      String classes,
      @Range("[1e-6, 1e6]") List<Double> pixelFrequencies,
      Input input,
      Output output,
      @Resume(FREE) Oracle oracle) {

    /** As many classes as the labels of the images have. */
    public static final String AUTO = "auto";

    /** No classes. */
    public static final String NONE = "none";
  }

  /** A denoiser known in closed form in place of the network. */
  public enum Oracle {
    /** The network is used. */
    NONE,
    /** {@link Mixture}. */
    MIXTURE,
    /** The images of {@link Data#path} themselves. */
    DATA
  }

  /** {@code tweedie.train}: how the network is trained. */
  public record Train(
      @Resume(FREE) @Range("[1, 1e6]") int epochs,
      @Range("[1, 1e6]") int batchSize,
      @Resume(ASKED) @Range("[1e-20, 1e6]") double learningRate,
      @Resume(ASKED) @Range("[0, 1e15]") long warmupImages,
      @Resume(ASKED) Decay decay,
      @Resume(ASKED) @Range("[0, 0.9999999]") double beta1,
      @Resume(ASKED) @Range("[0, 0.9999999]") double beta2,
      @Resume(ASKED) @Range("[1e-30, 1e6]") double epsilon,
      @Resume(ASKED) @Range("0 or [1e-9, 1e9]") double clip,
      @Resume(ASKED) @Range("[0, 1]") double labelDropout,
      @Resume(ASKED) @Range("[0, 0.95]") double dropout,
      @Resume(ASKED) @Range("0 or [1e-6, 1e6]") double consistency,
      @Range("[1, 10000]") int workers,
      @Resume(ASKED) @Range("[0, 1024]") int threadsPerWorker,
      @Resume(ASKED) Ema ema,
      @Resume(ASKED) StableTargets stableTargets,
      Averaging averaging,
      @Resume(FREE) Validation validation, // measured only
      @Resume(ASKED) OnDivergence onDivergence,
      @Resume(ASKED) @Range("[0, 30]") int maxRollbacks,
      @Resume(FREE) @Range("[1, 1e6]") int keepCheckpoints,
      @Resume(FREE) Place cache) {}

  /** {@code tweedie.train.ema}: the exponential moving average of the parameters. */
  public record Ema(
      @Range("[1e-3, 1e15]") double halfLifeImages, @Range("[0, 1e6]") double rampUp) {}

  /** {@code tweedie.train.stable-targets}: targets that are averaged over some images. */
  public record StableTargets(@Range("[0, 1e6]") int reference) {}

  /**
   * {@code tweedie.train.averaging}: how often the workers' parameters become one, and how.
   *
   * @param outerLearningRate a number > 0, or {@link #PUBLISHED}
   * @param outerMomentum a number in [0, 1), or {@link #PUBLISHED}
   * @param every a whole number of at least 1, or {@link #EPOCH}
   */
  public record Averaging(
      Strategy strategy,
      @Resume(ASKED) String outerLearningRate,
      @Resume(ASKED) String outerMomentum,
      Moments moments,
      @Resume(ASKED) String every,
      @Resume(ASKED) @Range("[0, 1e15]") long warmupImages,
      @Resume(ASKED) @Range("[1, 1e9]") int warmupEvery) {

    /** What the authors of the strategy used. */
    public static final String PUBLISHED = "published";

    /** Once in a pass over the data. */
    public static final String EPOCH = "epoch";
  }

  /** How the workers' parameters become one. */
  public enum Strategy {
    /** Their mean, weighted by images. */
    MEAN,
    /** Nesterov's momentum over rounds. */
    NESTEROV,
    /** Slow momentum over rounds. */
    SLOWMO
  }

  /** {@code tweedie.train.validation}: the loss on {@code data.validation-path}. */
  public record Validation(@Range("[1, 1e6]") int every) {}

  /** {@code tweedie.sample}: how samples are drawn. */
  public record Sample(
      Method method,
      @Range("[0, 1e6]") int batchSize,
      @Range("0 or [1e-9, 1e9]") double sigmaMax,
      @Range("0 or [1e-9, 1e9]") double sigmaMin,
      @Range("[0, 1e5]") int levels,
      boolean finalJump,
      String name,
      String classes,
      Guide guidance,
      Inpaint inpaint,
      Annealed annealed,
      Consistent consistent,
      Heun heun,
      Ode ode,
      PredictorCorrector predictorCorrector,
      WalkJump walkJump,
      Oat oat) {}

  /** How samples are drawn. */
  public enum Method {
    /** Langevin dynamics from large to small noise. */
    ANNEALED,
    /** Consistent annealed sampling, one call a level. */
    CONSISTENT,
    /** Heun's method on the probability-flow ODE. */
    HEUN,
    /** DPM-Solver++(2M) on the same. */
    DPM_SOLVER,
    /** UniPC of order 3 on the same. */
    UNIPC,
    /** The probability-flow ODE with steps that adapt to a tolerance. */
    ODE,
    /** Steps of the reverse diffusion, each after Langevin steps. */
    PREDICTOR_CORRECTOR,
    /** Langevin dynamics at one noise level, with jumps to the denoised image. */
    WALK_JUMP,
    /** Noisy copies drawn one at a time. */
    OAT,
    /** Langevin dynamics with one step size for all levels, for comparison. */
    SEED
  }

  /** {@code tweedie.sample.guidance}: the worse model whose mistakes are avoided. */
  public record Guide(
      String guide,
      @Range("[0, 1000]") double weight,
      @Range("0 or [1e-3, 0.279]") double ema,
      @Range("[0, 1e9]") double sigmaMin,
      @Range("[0, 1e9]") double sigmaMax) {}

  /** {@code tweedie.sample.inpaint}: the part of an image that is known. */
  public record Inpaint(String image, String mask) {}

  /** {@code tweedie.sample.annealed}. */
  public record Annealed(@Range("[1, 1e6]") int steps, @Range("0 or [1e-9, 2)") double stepRatio) {}

  /** {@code tweedie.sample.consistent}. */
  public record Consistent(@Range("0 or [1e-9, 2)") double eta) {}

  /** {@code tweedie.sample.heun}. */
  public record Heun(
      @Range("[0.1, 100]") double rho,
      @Range("[0, 1e6]") double churn,
      @Range("[0, 1e9]") double churnMin,
      @Range("[0, 1e9]") double churnMax,
      @Range("[1e-3, 1000]") double churnNoise) {}

  /** {@code tweedie.sample.ode}. */
  public record Ode(@Range("[1e-9, 1000]") double tolerance) {}

  /** {@code tweedie.sample.predictor-corrector}. */
  public record PredictorCorrector(
      @Range("[1e-6, 1)") double snr, @Range("[0, 1e5]") int correctorSteps) {}

  /** {@code tweedie.sample.walk-jump}. */
  public record WalkJump(
      @Range("0 or [1e-9, 1e9]") double s,
      @Range("[1, 1e6]") int chains,
      @Range("[0, 1e7]") int burnIn,
      @Range("[1, 1e6]") int stepsPerJump,
      Scheme integrator,
      @Range("[1e-9, 1e6]") double step,
      @Range("[1e-9, 1e6]") double friction,
      Per frictionPer) {}

  /** {@code tweedie.sample.oat}. */
  public record Oat(
      @Range("0 or [1e-9, 1e9]") double sigma,
      @Range("[1, 1e6]") int copies,
      @Range("[1, 1e6]") int stepsPerCopy,
      Scheme integrator,
      @Range("[1e-9, 1e6]") double step,
      @Range("[1e-9, 1e6]") double friction,
      Per frictionPer) {}

  /** {@code tweedie.evaluate}: how a run is measured. */
  public record Evaluate(
      @Range("[20, 1e7]") int images,
      @Range("[1, 1e5]") int projections,
      @Range("[1, 10000]") int neighbours,
      boolean classes,
      Score score,
      Likelihood likelihood,
      ByDensity classDensity,
      Representations representations) {}

  /** {@code tweedie.evaluate.representations}: what codes and networks know of images. */
  public record Representations(
      @Range("[10, 1e6]") int images,
      @Range("[2, 1e6]") int testImages,
      @Range("[2, 1e6]") int augmentedImages,
      @Range("[1e-9, 1e9]") List<Double> noise) {}

  /** {@code tweedie.evaluate.class-density}: how images are told apart by their density. */
  public record ByDensity(
      @Range("[1, 1e7]") int images,
      @Range("[1, 1000]") int levels,
      @Range("[1, 10000]") int noise,
      @Range("0 or [1e-9, 1e9]") double sigmaMax,
      @Range("0 or [1e-9, 1e9]") double sigmaMin) {}

  /** {@code tweedie.evaluate.score}: how the error of the score is measured. */
  public record Score(
      @Range("[20, 1e6]") int images,
      @Range("[1, 1000]") int levels,
      @Range("0 or [1e-9, 1e9]") double sigmaMax,
      @Range("0 or [1e-9, 1e9]") double sigmaMin,
      @Range("[1, 1e6]") List<Integer> copies) {}

  /** {@code tweedie.evaluate.likelihood}: the density of images under the model. */
  public record Likelihood(
      @Range("[0, 1e7]") int images,
      Solver solver,
      FlowSolver.Method method,
      @Range("[1, 1e5]") int steps,
      @Range("[1e-12, 1]") double tolerance,
      Trace trace,
      Probe probe,
      @Range("[1, 1000]") int probes,
      @Range("[1, 1000]") int repeats,
      boolean dequantize,
      @Range("0 or [1e-9, 1e9]") double sigmaMin,
      @Range("0 or [1e-9, 1e9]") double sigmaMax,
      @Range("[0, 1e6]") int batchSize,
      @Range("[0, 1e7]") int sensitivityImages,
      LikelihoodCopies copies) {}

  /** How the probability-flow ODE is solved. */
  public enum Solver {
    /** The same steps for all images. */
    GRID,
    /** Steps that adapt to each image. */
    ADAPTIVE
  }

  /** How the trace of the denoiser's Jacobian is found. */
  public enum Trace {
    /** Estimated from products with random vectors. */
    HUTCHINSON,
    /** From as many products as there are pixels. */
    EXACT
  }

  /** {@code tweedie.evaluate.likelihood.copies}: the joint density of several noisy copies. */
  public record LikelihoodCopies(
      @Range("[1, 1e6]") List<Integer> counts,
      @Range("[1e-9, 1e9]") double sigma,
      @Range("[1, 1e6]") int images) {}

  /** {@code tweedie.study}: whether more noisy samples give better score estimates. */
  public record Study(
      @FreeInStudy @Range("[2, 10000]") int seeds,
      @Range("[1, 1e6]") List<Integer> copies,
      @Range("[1e-9, 1e9]") List<Double> levels,
      @Range("[1e-9, 1e9]") double sigma,
      @FreeInStudy @Range("[1, 10000]") int trainedDraws,
      @FreeInStudy @Range("[1, 1e6]") List<Integer> references,
      @FreeInStudy @Range("[100, 1e6]") int resamples,
      Gradients gradients,
      Mixtures mixtures,
      Images images) {}

  /** What a study asks. */
  public enum Hypothesis {
    /** Do more copies of one sigma give a smaller error? */
    INFORMATION,
    /** Do more copies give a better estimate where their mean has the same noise? */
    MATCHED,
    /** Do several draws of noise for each image that is read? */
    DRAWS,
    /** Do targets averaged over a reference? */
    STABLE
  }

  /** {@code tweedie.study.gradients}: how the spread of gradients is measured. */
  public record Gradients(
      @Range("[1, 10000]") List<Integer> draws,
      @Range("[1, 1e6]") int batchSize,
      @Range("[2, 1e6]") int repeats)
      implements Serializable {}

  /** {@code tweedie.study.mixtures}: normal mixtures, whose score is known. */
  public record Mixtures(
      @FreeInStudy List<Hypothesis> hypotheses,
      @FreeInStudy @Range("[1, 10000]") List<Integer> dimensions,
      @FreeInStudy @Range("[0, 1e6]") List<Double> separations,
      @Range("[1, 1000]") int components,
      @Range("[1e-9, 1e9]") double std,
      @Range("[1, 1e7]") int images,
      @Range("[1, 1e7]") int testImages,
      @Range("[1, 1e6]") int steps,
      @Range("[1, 1e6]") int batchSize,
      @Range("[1, 10000]") int hidden,
      @Range("[1, 1000]") int depth) {}

  /** {@code tweedie.study.images}: the images of {@code tweedie.data.path}. */
  public record Images(
      @FreeInStudy List<Hypothesis> hypotheses,
      @Range("[1, 1e7]") int images,
      @Range("[1, 1e7]") int testImages,
      @Range("[1, 1e6]") int steps,
      @Range("[1, 1e6]") int batchSize) {}

  /** {@code tweedie.code}: how the probability-flow ODE is solved between images and codes. */
  public record Code(
      FlowSolver.Method method,
      @Range("[1, 1e5]") int steps,
      @Range("0 or [1e-9, 1e9]") double sigmaMax,
      @Range("0 or [1e-9, 1e9]") double sigmaMin) {}
}
