package tweedie.evaluate.likelihood;

import java.io.Serializable;
import java.util.Arrays;
import tweedie.score.Positive;
import tweedie.score.Vectors;

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
    Positive.require("The variance of the data", variance);
    if (mean.length == 0 || !Arrays.stream(mean).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(
          "The mean of the data must be finite, not " + Arrays.toString(mean));
    }
    mean = mean.clone();
  }

  /**
   * log N(y; mean, (variance + s^2) I) in nats.
   *
   * @param y [d]
   * @param s noise standard deviation, at least 0
   */
  public double logDensity(double[] y, double s) {
    double v = variance + s * s;
    return -mean.length / 2.0 * Math.log(2 * Math.PI * v)
        - Vectors.squaredDistance(y, mean) / (2 * v);
  }

  /**
   * |y - mean|^2 over what it is in the mean, (variance + s^2) d: 1 where the noisy data have these
   * moments.
   */
  public double squaredRadius(double[] y, double s) {
    return Vectors.squaredDistance(y, mean) / ((variance + s * s) * mean.length);
  }
}
