package tweedie.sample;

import java.io.Serializable;
import java.util.Arrays;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.Positive;

/**
 * Where chains begin: N(mean, std^2 I).
 *
 * <p>The mean is that of the data: at the largest noise level s the noisy data has the mean of the
 * data and a standard deviation of at least s, and a start at 0 shifts the weights of the modes for
 * any s that is not far larger than the mean.
 *
 * @param mean mean of the data, [d]
 * @param std standard deviation, &gt; 0; the largest noise level of the sampler
 */
public record ChainStart(double[] mean, double std) implements Serializable {

  /**
   * @throws IllegalArgumentException if the mean is empty or not finite or std is not a positive
   *     number
   */
  public ChainStart {
    if (mean.length == 0 || !Arrays.stream(mean).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(
          "The mean that chains start from must have at least one value and only finite ones");
    }
    Positive.require("The standard deviation that chains start with", std);
    mean = mean.clone();
  }

  /** The mean of the data, [d]; a copy. */
  @Override
  public double[] mean() {
    return mean.clone();
  }

  /** Where these chains begin, [n, d]: step 0 of their random numbers. */
  double[] draw(long seed, long[] chains) {
    int d = mean.length;
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
