package tweedie.driver.config;

import java.util.List;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.score.Weighting;
import tweedie.train.TrainSettings.Decay;
import tweedie.train.TrainSettings.LevelOf;

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
 */
public record Settings(
    long seed, Data data, Noise noise, Model model, Train train, Sample sample, Evaluate evaluate) {

  /** {@code tweedie.data}: the images, or the mixture in their place. */
  public record Data(String path, @Range("[1, inf)") int imagesPerShard, Mixture mixture) {}

  /** {@code tweedie.data.mixture}: isotropic normal components; the lists are of one length. */
  public record Mixture(
      @Range("[0, inf)") List<Double> weights,
      List<List<Double>> means,
      @Range("(0, inf)") List<Double> stds) {}

  /** {@code tweedie.noise}: the noisy copies in training. */
  public record Noise(
      Schedule schedule,
      @Range("[1, inf)") int copies,
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
      @Range("(1, inf)") double sigma,
      @Range("(0, inf)") double tMin,
      @Range("(0, inf)") double tMax) {}

  /** {@code tweedie.noise.fixed}. */
  public record Fixed(@Range("(0, inf)") double sigma) {}

  /** {@code tweedie.noise.edm}. */
  public record Edm(
      double mean,
      @Range("(0, inf)") double std,
      @Range("(0, inf)") double sigmaMin,
      @Range("(0, inf)") double sigmaMax) {}

  /** {@code tweedie.model}: the denoiser. */
  public record Model(
      String preset,
      Kind network,
      @Range("[1, inf)") List<Integer> channels,
      @Range("[0, inf)") int halvings,
      @Range("[1, inf)") int blocks,
      @Range("[1, inf)") int hidden,
      @Range("[1, inf)") int depth,
      @Range("[1, inf)") int embedding,
      Input input,
      Output output,
      Oracle oracle) {}

  /** A denoiser known in closed form in place of the network. */
  public enum Oracle {
    /** The network is used. */
    NONE,
    /** {@link Mixture}. */
    MIXTURE
  }

  /** {@code tweedie.train}: how the network is trained. */
  public record Train(
      @Range("[1, inf)") int epochs,
      @Range("[1, inf)") int batchSize,
      @Range("(0, inf)") double learningRate,
      @Range("[0, inf)") long warmupImages,
      Decay decay,
      @Range("[0, 1)") double beta1,
      @Range("[0, 1)") double beta2,
      @Range("(0, inf)") double epsilon,
      @Range("[1, inf)") int workers,
      @Range("[0, inf)") int threadsPerWorker,
      Ema ema,
      Averaging averaging,
      @Range("[1, inf)") int keepCheckpoints) {}

  /** {@code tweedie.train.ema}: the exponential moving average of the parameters. */
  public record Ema(@Range("(0, inf)") double halfLifeImages, @Range("[0, inf)") double rampUp) {}

  /** {@code tweedie.train.averaging}: how the workers' parameters become one. */
  public record Averaging(Strategy strategy) {}

  /** How the workers' parameters become one. */
  public enum Strategy {
    /** Their mean, weighted by images. */
    MEAN
  }

  /** {@code tweedie.sample}: how samples are drawn. */
  public record Sample(
      Method method,
      @Range("[1, inf)") int batchSize,
      @Range("[0, inf)") double sigmaMax,
      @Range("[0, inf)") double sigmaMin,
      @Range("[0, inf)") int levels,
      @Range("[1, inf)") int steps,
      @Range("[0, 2)") double stepRatio,
      boolean finalJump,
      String name) {}

  /** How samples are drawn. */
  public enum Method {
    /** Langevin dynamics from large to small noise. */
    ANNEALED,
    /** Heun's method on the probability-flow ODE. */
    HEUN
  }

  /** {@code tweedie.evaluate}: how a run is measured. */
  public record Evaluate(
      @Range("[20, inf)") int images,
      @Range("[1, inf)") int projections,
      @Range("[1, inf)") int neighbours,
      boolean classes) {}
}
