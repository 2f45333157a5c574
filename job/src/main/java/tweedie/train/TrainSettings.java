package tweedie.train;

import java.io.Serializable;
import tweedie.score.NoiseSchedule;
import tweedie.score.Weighting;
import tweedie.train.averaging.OuterStep;
import tweedie.train.averaging.WeightedMean;

/**
 * Everything a worker needs to know about training besides the network.
 *
 * @param seed the run's seed
 * @param noise how noise levels are drawn
 * @param copies number m of noisy copies of each image
 * @param draws number K of terms of the loss of each image, each with a noise level and noise of
 *     its own
 * @param levelOf what the drawn noise level is
 * @param weighting weight of the squared error at each noise level
 * @param reference images among which the target is averaged, see {@link StableTargets}; 0 for the
 *     clean image itself
 * @param dequantization what becomes of the rounding of pixels
 * @param augmentation what else becomes of images
 * @param labelDropout share of the images whose class the network is not told, if it knows classes
 * @param regularization what keeps the network from learning the images by heart
 * @param epochs how often every image is seen in the whole run
 * @param batchSize images of one worker's minibatch
 * @param workers number K of workers between which the shards are divided; a setting of the
 *     mathematics, not of the cluster
 * @param threadsPerWorker native threads of one worker; 0 for what OMP_NUM_THREADS says
 * @param optimizer Adam and its learning rate
 * @param ema the moving average of the weights
 * @param averaging how often the workers are averaged, and how
 * @param onDivergence what happens when a worker's numbers are not finite
 * @param maxRollbacks how often a round of the run is tried again at half the learning rate
 */
public record TrainSettings(
    long seed,
    NoiseSchedule noise,
    int copies,
    int draws,
    LevelOf levelOf,
    Weighting weighting,
    int reference,
    Dequantization dequantization,
    Augmentation augmentation,
    double labelDropout,
    Regularization regularization,
    int epochs,
    int batchSize,
    int workers,
    int threadsPerWorker,
    Optimizer optimizer,
    Ema ema,
    Averaging averaging,
    OnDivergence onDivergence,
    int maxRollbacks)
    implements Serializable {

  /** Those of one worker alone that gives up when numbers are not finite. */
  public TrainSettings alone(int images) {
    return new TrainSettings(
        seed,
        noise,
        copies,
        draws,
        levelOf,
        weighting,
        reference,
        dequantization,
        augmentation,
        labelDropout,
        regularization,
        epochs,
        images,
        1,
        threadsPerWorker,
        optimizer,
        ema,
        averaging,
        OnDivergence.FAIL,
        maxRollbacks);
  }

  /**
   * Whether a drawn noise level is the noise s of the mean of the copies or the noise sigma of each
   * copy.
   */
  public enum LevelOf {
    /** s. */
    MEAN,
    /** sigma. */
    COPY
  }

  /** What becomes of the rounding of 8-bit pixels in training. */
  public enum Dequantization {
    /** The data are what they are. */
    NONE,
    /** Uniform noise fills the gap to the next level; see {@link tweedie.data.Dequantized}. */
    UNIFORM
  }

  /** What becomes of images each time they are learned. */
  public enum Augmentation {
    /** Nothing. */
    NONE,
    /** Every second one is mirrored, left for right. */
    FLIP
  }

  /**
   * What keeps a network from learning the images by heart.
   *
   * @param dropout share of the channels of its blocks that are left out at random, in [0, 1)
   * @param consistency weight of the {@link MirrorConsistency}; 0 for none
   */
  public record Regularization(double dropout, double consistency) implements Serializable {

    /** Nothing. */
    public static final Regularization NONE = new Regularization(0, 0);
  }

  /** How the learning rate falls after the warm-up. */
  public enum Decay {
    /** It does not. */
    CONSTANT,
    /** Along half a cosine to 0 at the last image of the run. */
    COSINE,
    /** As 1 / sqrt(images / warm-up images). */
    INVERSE_SQRT
  }

  /**
   * Adam (arXiv 1412.6980) and its learning rate.
   *
   * @param learningRate the highest learning rate
   * @param warmupImages images of the run over which it rises linearly from 0
   * @param decay how it falls afterwards
   * @param beta1 decay of the first moment
   * @param beta2 decay of the second moment
   * @param epsilon added to the root of the second moment, whose bias is not corrected there:
   *     "epsilon hat" of the paper's section 2
   * @param clip most Euclidean norm of the gradient of a step's mean loss; a longer one is scaled
   *     to it. 0 for no limit
   */
  public record Optimizer(
      double learningRate,
      double warmupImages,
      Decay decay,
      double beta1,
      double beta2,
      double epsilon,
      double clip)
      implements Serializable {

    /** Without a limit of the gradient. */
    public Optimizer(
        double learningRate,
        double warmupImages,
        Decay decay,
        double beta1,
        double beta2,
        double epsilon) {
      this(learningRate, warmupImages, decay, beta1, beta2, epsilon, 0);
    }

    /** The same with the learning rate halved so many times. */
    public Optimizer slowed(int halvings) {
      return new Optimizer(
          Math.scalb(learningRate, -halvings), warmupImages, decay, beta1, beta2, epsilon, clip);
    }
  }

  /**
   * An exponential moving average of the weights, its half-life counted in images (Karras et al.
   * 2022, arXiv 2206.00364, section F.1).
   *
   * @param halfLifeImages images after which old weights count half; 0 for no averaging
   * @param rampUp the half-life is at most this fraction of the images seen so far; 0 for no such
   *     limit
   */
  public record Ema(double halfLifeImages, double rampUp) implements Serializable {

    /**
     * What remains of the old average after a step of {@code images} images when {@code seen} were
     * seen before.
     */
    public double decay(double images, double seen) {
      double halfLife = rampUp > 0 ? Math.min(halfLifeImages, rampUp * seen) : halfLifeImages;
      return halfLife > 0 ? Math.pow(0.5, images / halfLife) : 0;
    }
  }

  /** What happens when a worker's numbers are not finite. */
  public enum OnDivergence {
    /** Training stops. */
    FAIL,
    /** The round goes on without this worker; training stops if none is left. */
    DROP_WORKER,
    /**
     * The round is tried again at half the learning rate, which stays; training stops after some.
     */
    ROLLBACK
  }

  /** What becomes of the workers' Adam moments after a round. */
  public enum Moments {
    /** They are averaged as the weights are, and Adam's clock runs on. */
    MEAN,
    /** They are thrown away: every round begins with Adam as it was at the first step. */
    RESET,
    /** They are kept out of the average: each worker goes on from its own. */
    OWN
  }

  /**
   * How often the workers are averaged, and how.
   *
   * @param outerStep what becomes of the shared weights
   * @param moments what becomes of Adam's moments
   * @param every steps of a worker in one round; 0 for a whole epoch
   * @param warmupImages rounds that begin before the run has seen so many images are short
   * @param warmupEvery steps of a worker in a short round
   */
  public record Averaging(
      OuterStep outerStep, Moments moments, int every, long warmupImages, int warmupEvery)
      implements Serializable {

    /** The mean of weights and moments after every epoch. */
    public static final Averaging MEAN_OF_EPOCHS =
        new Averaging(new WeightedMean(), Moments.MEAN, 0, 0, 1);

    /**
     * Steps of a worker, at most, in a round that begins at this number of images and has this many
     * steps left in its epoch. An epoch's last round may be shorter than the others.
     */
    public int steps(long images, int left) {
      int wanted = images < warmupImages ? warmupEvery : every;
      return wanted > 0 ? Math.min(wanted, left) : left;
    }
  }
}
