package tweedie.evaluate.likelihood;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The normal distribution with the mean of the data and their variance in every direction: with
 * enough noise added, what is left to know of them.
 *
 * @param mean mean of each pixel, [d]
 * @param variance mean over the pixels of the variance about it, &gt; 0
 */
public record DataNormal(double[] mean, double variance) implements Serializable {

  /**
   * @throws IllegalArgumentException if a number is not finite or the variance is not positive
   */
  public DataNormal {
    if (!(variance > 0) || Double.isInfinite(variance)) {
      throw new IllegalArgumentException(
          "The variance of the data must be a positive number, not " + variance);
    }
    if (mean.length == 0 || !Arrays.stream(mean).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(
          "The mean of the data must be finite, not " + Arrays.toString(mean));
    }
    mean = mean.clone();
  }

  /**
   * log N(y; mean, (variance + s^2) I) in nats.
   *
   * @param y values that hold the point from {@code at} on
   * @param s noise standard deviation, at least 0
   */
  public double logDensity(double[] y, int at, double s) {
    double v = variance + s * s;
    return -mean.length / 2.0 * Math.log(2 * Math.PI * v) - squaredDistance(y, at) / (2 * v);
  }

  /**
   * |y - mean|^2 over what it is in the mean, (variance + s^2) d: 1 where the noisy data have these
   * moments.
   */
  public double squaredRadius(double[] y, int at, double s) {
    return squaredDistance(y, at) / ((variance + s * s) * mean.length);
  }

  private double squaredDistance(double[] y, int at) {
    double sum = 0;
    for (int j = 0; j < mean.length; j++) {
      sum += (y[at + j] - mean[j]) * (y[at + j] - mean[j]);
    }
    return sum;
  }
}
