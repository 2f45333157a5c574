package tweedie.sample;

import java.io.Serializable;
import java.util.Arrays;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.Positive;

/**
 * Where chains begin: N(mean, (s^2 + v) I), which has the moments that the data has with noise s.
 *
 * <p>A start at 0 or one without v shifts the weights of the modes for any s that is not far larger
 * than the mean or the spread of the data.
 *
 * @param mean mean of the data, [d]
 * @param noise standard deviation s, &gt; 0; the largest noise level of the sampler
 * @param variance mean v over the pixels of the variance of the data about its mean, at least 0
 */
public record ChainStart(double[] mean, double noise, double variance) implements Serializable {

  /**
   * @throws IllegalArgumentException if the mean is empty or not finite, the noise is not a
   *     positive number or the variance is negative or not finite
   */
  public ChainStart {
    if (mean.length == 0 || !Arrays.stream(mean).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(
          "The mean that chains start from must have at least one value and only finite ones");
    }
    Positive.require("The noise that chains start with", noise);
    if (!(variance >= 0 && Double.isFinite(variance))) {
      throw new IllegalArgumentException(
          "The variance of the data that chains start with must be at least 0, not " + variance);
    }
    mean = mean.clone();
  }

  /** A start with noise alone about the mean, as of data that is one point. */
  public ChainStart(double[] mean, double noise) {
    this(mean, noise, 0);
  }

  /** The mean of the data, [d]; a copy. */
  @Override
  public double[] mean() {
    return mean.clone();
  }

  @Override
  public String toString() {
    return Words.of("N(mean, %.4g^2 + %.4g)", noise, variance);
  }

  /** Where these chains begin, [n, d]: step 0 of their random numbers. */
  public double[] draw(long seed, long[] chains) {
    int d = mean.length;
    double std = Math.sqrt(noise * noise + variance);
    double[] x = new double[chains.length * d];
    for (int i = 0; i < chains.length; i++) {
      Draws draws = Draws.of(seed, Purpose.CHAIN, chains[i], 0);
      for (int j = 0; j < d; j++) {
        x[i * d + j] = mean[j] + std * draws.gaussian();
      }
    }
    return x;
  }
}
