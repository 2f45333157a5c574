package tweedie.sample;

import java.io.Serializable;
import java.util.Arrays;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

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
    if (!(std > 0) || Double.isInfinite(std)) {
      throw new IllegalArgumentException(
          "The standard deviation that chains start with must be a positive number, not " + std);
    }
    mean = mean.clone();
  }

  /** The mean of the data, [d]; a copy. */
  @Override
  public double[] mean() {
    return mean.clone();
  }

  /**
   * Where these chains begin: step 0 of their random numbers.
   *
   * @param chains numbers of the chains, [n]
   * @return [n, d]
   */
  double[] draw(long seed, long[] chains) {
    int d = mean.length;
    double[] x = new double[chains.length * d];
    for (int i = 0; i < chains.length; i++) {
      System.arraycopy(draw(Draws.of(seed, Purpose.CHAIN, chains[i], 0)), 0, x, i * d, d);
    }
    return x;
  }

  /**
   * A point of N(mean, std^2 I).
   *
   * @return [d]
   */
  double[] draw(Draws draws) {
    double[] x = new double[mean.length];
    for (int j = 0; j < x.length; j++) {
      x[j] = mean[j] + std * draws.gaussian();
    }
    return x;
  }
}
