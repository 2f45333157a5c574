package tweedie.score;

import java.util.Arrays;

/**
 * The optimal denoiser of a finite data set held in memory, E[x | y] = sum_j softmax_j(-|y - x_j|^2
 * / (2 s^2)) x_j: the exact minimizer of the denoising loss on exactly these rows. Its squared
 * error is the floor of the training loss, and a network that reaches it has memorized the data.
 *
 * <p>One image costs (rows x d) multiplications, so this is for tests and small data. Without
 * state: any number of threads may use it.
 */
public final class FiniteData implements Denoiser {

  private final double[] rows;
  private final int dimension;

  /**
   * @param rows clean images x_j, [n, d], n at least 1
   * @param dimension number of pixels d, at least 1
   * @throws IllegalArgumentException if the values do not divide into rows of d or are not finite
   */
  public FiniteData(double[] rows, int dimension) {
    if (dimension < 1 || rows.length == 0 || rows.length % dimension != 0) {
      throw new IllegalArgumentException(
          rows.length + " values do not divide into one or more rows of " + dimension);
    }
    if (!Arrays.stream(rows).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException("Every value of the data must be finite");
    }
    this.rows = rows.clone();
    this.dimension = dimension;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  /** E[x | y] = sum_j softmax_j(-|y - x_j|^2 / (2 s^2)) x_j. */
  @Override
  public void denoise(double[] y, double[] s, double[] out) {
    for (int i = 0; i < s.length; i++) {
      double[] posterior = mean(softmax(y, i * dimension, s[i]));
      System.arraycopy(posterior, 0, out, i * dimension, dimension);
    }
  }

  /** The posterior probability of every row, for the image that starts at y[at]. */
  private double[] softmax(double[] y, int at, double s) {
    double[] p = new double[rows.length / dimension];
    for (int j = 0; j < p.length; j++) {
      double squaredDistance = 0;
      for (int k = 0; k < dimension; k++) {
        double difference = y[at + k] - rows[j * dimension + k];
        squaredDistance += difference * difference;
      }
      p[j] = -squaredDistance / (2 * s * s);
    }
    double max = Arrays.stream(p).max().orElseThrow();
    double sum = 0;
    for (int j = 0; j < p.length; j++) {
      p[j] = Math.exp(p[j] - max);
      sum += p[j];
    }
    for (int j = 0; j < p.length; j++) {
      p[j] /= sum;
    }
    return p;
  }

  private double[] mean(double[] p) {
    double[] mean = new double[dimension];
    for (int j = 0; j < p.length; j++) {
      if (p[j] != 0) { // almost every row, once the noise is small
        for (int k = 0; k < dimension; k++) {
          mean[k] += p[j] * rows[j * dimension + k];
        }
      }
    }
    return mean;
  }
}
