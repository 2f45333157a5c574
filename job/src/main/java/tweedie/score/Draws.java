package tweedie.score;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.core.source64.XoRoShiRo128PlusPlus;
import org.apache.commons.rng.sampling.distribution.NormalizedGaussianSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/**
 * Random numbers that come from (run seed, purpose, global id, step) and from nothing else: not
 * from a worker, a thread, a clock or an attempt number. A task that is repeated or moved draws the
 * same numbers.
 *
 * <p>The four numbers are mixed into the 128 bits of a xoroshiro128++ generator, whose stream is
 * then used for one image or chain at one step; normal numbers come from the modified ziggurat of
 * Commons RNG.
 */
public final class Draws {

  /** What numbers are drawn for; two purposes never share a stream. */
  public enum Purpose {
    /** Initial weights of the network. */
    WEIGHTS,
    /** Which noise level an image gets. */
    LEVEL,
    /** The noise of the copies in training. */
    NOISE,
    /** The order of shards and images in a round. */
    ORDER,
    /** Start and steps of a sampling chain. */
    CHAIN,
    /** The spread of stacked copies around their mean when a network is used as a denoiser. */
    SPREAD,
    /** Exact draws from a distribution known in closed form. */
    ORACLE,
    /** Shapes of the built-in digits. */
    DIGIT,
    /** Weights, order and held-out images of the classifier that judges samples. */
    CLASSIFIER,
    /** Projections, choices and wrong samples of an evaluation. */
    EVALUATION,
    /** Noise that is added to given images to try a denoiser on them. */
    TRIAL,
    /** Noise levels and noise of held-out images, the same whenever they are looked at. */
    VALIDATION,
    /** What fills the gaps between the rounding levels of pixels in training. */
    DEQUANTIZATION,
    /** The noise of the images on which the error of a score is measured. */
    SCORE_ERROR,
    /**
     * What fills the gaps between the rounding levels of an image whose density is measured, and
     * the random vectors by which a divergence is estimated.
     */
    LIKELIHOOD,
    /** Which images' classes the network is not told in training, and the classes of chains. */
    CLASS,
    /** How images are changed before they are learned. */
    AUGMENTATION,
    /** Which images show what a network knows of them, and their noise. */
    REPRESENTATION,
    /** Which channels a network in training leaves out. */
    DROPOUT
  }

  private final UniformRandomProvider uniform;
  private final NormalizedGaussianSampler gaussian;

  private Draws(long first, long second) {
    this.uniform = new XoRoShiRo128PlusPlus(first, second);
    this.gaussian = ZigguratSampler.NormalizedGaussian.of(uniform);
  }

  /** The stream of these four numbers. */
  public static Draws of(long seed, Purpose purpose, long id, long step) {
    long key = mix(mix(mix(mix(seed) + purpose.ordinal() + 1) + id) + step);
    return new Draws(key, mix(key + 0x9E3779B97F4A7C15L));
  }

  /** The next standard normal number. */
  public double gaussian() {
    return gaussian.sample();
  }

  /** The next number uniform in [0, 1). */
  public double uniform() {
    return uniform.nextDouble();
  }

  /** The next number uniform in [low, high). */
  public double uniform(double low, double high) {
    return low + (high - low) * uniform.nextDouble();
  }

  /** The next integer uniform in 0..n-1. */
  public int below(int n) {
    return uniform.nextInt(n);
  }

  /** A uniformly random order of 0..n-1 (Fisher-Yates). */
  public int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = below(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014), a bijection of 64 bits. */
  private static long mix(long z) {
    z += 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A direction of length 1, uniform on the sphere, [d]. */
  public double[] direction(int d) {
    double[] direction = new double[d];
    double squares = 0;
    for (int j = 0; j < d; j++) {
      direction[j] = gaussian();
      squares += direction[j] * direction[j];
    }
    for (int j = 0; j < d; j++) {
      direction[j] /= Math.sqrt(squares);
    }
    return direction;
  }
}
