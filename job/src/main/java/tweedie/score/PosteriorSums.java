package tweedie.score;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What the rows x_j of a finite data set that were seen so far say of n noisy images: the sums
 * behind the softmax p_j ~ exp(-|y - x_j|^2 / (2 s^2)). Sums over other rows can be merged, in any
 * order, so that the rows need never be in one place.
 *
 * <p>For each noisy image only differences to the nearest row seen so far are exponentiated
 * (log-sum-exp): with q_j = |y - x_j|^2 and q = min_j q_j it holds q, sum_j w_j, sum_j w_j q_j and
 * sum_j w_j x_j with w_j = exp(-(q_j - q) / (2 s^2)). Everything is in double precision.
 *
 * <p>One row costs n d operations where the noise is large; where it is small, most rows are
 * discarded after a few pixels, because they are too far to count.
 */
public final class PosteriorSums implements Serializable {

  private static final long serialVersionUID = 1L;

  /** A row whose weight is less than e^-50 of the largest cannot be seen in a double. */
  private static final double NEGLIGIBLE = 50;

  /** So many pixels are compared before a row may be found to be too far. */
  private static final int STRIDE = 16;

  private final int dimension;
  private final double[] y;
  private final double[] twoVariances;
  private final double[] nearest;
  private final double[] weights;
  private final double[] squares;
  private final double[] rows;

  /**
   * No rows yet.
   *
   * @param y noisy images, [n, d]
   * @param s noise standard deviation of each, [n], each &gt; 0
   * @throws IllegalArgumentException if the sizes do not agree or a noise is not positive
   */
  public PosteriorSums(double[] y, double[] s) {
    if (s.length == 0 || y.length == 0 || y.length % s.length != 0) {
      throw new IllegalArgumentException(
          y.length + " values do not divide into " + s.length + " noisy images");
    }
    if (!Arrays.stream(s).allMatch(noise -> noise > 0 && noise < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "The noise of every image must be a positive number, not " + Arrays.toString(s));
    }
    this.dimension = y.length / s.length;
    this.y = y;
    this.twoVariances = Arrays.stream(s).map(noise -> 2 * noise * noise).toArray();
    this.nearest = new double[s.length];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    this.weights = new double[s.length];
    this.squares = new double[s.length];
    this.rows = new double[y.length];
  }

  /**
   * Adds rows of the data. Many noisy images are gone through faster for some rows at a time, which
   * stay in the cache, than for each row.
   *
   * @param images clean ones, [d] each
   */
  public void add(double[]... images) {
    for (int i = 0; i < weights.length; i++) {
      for (double[] x : images) {
        add(i, x);
      }
    }
  }

  private void add(int i, double[] x) {
    double farthest = nearest[i] + NEGLIGIBLE * twoVariances[i];
    double squared = squaredDistance(i, x, farthest);
    if (squared <= farthest) { // not for an image that is not finite, to which nothing is near
      double weight = reach(i, squared);
      weights[i] += weight;
      squares[i] += weight * squared;
      for (int j = 0, at = i * dimension; j < dimension; j++, at++) {
        rows[at] += weight * x[j];
      }
    }
  }

  /**
   * Adds the rows that {@code other} has seen, for the same noisy images.
   *
   * @return this
   */
  public PosteriorSums merge(PosteriorSums other) {
    for (int i = 0; i < weights.length; i++) {
      if (other.weights[i] > 0) {
        double weight = reach(i, other.nearest[i]);
        weights[i] += weight * other.weights[i];
        squares[i] += weight * other.squares[i];
        for (int j = 0, at = i * dimension; j < dimension; j++, at++) {
          rows[at] += weight * other.rows[at];
        }
      }
    }
    return this;
  }

  /** The weight of a row at this squared distance, to which sums so far are scaled if need be. */
  private double reach(int i, double squared) {
    if (squared >= nearest[i]) {
      return Math.exp(-(squared - nearest[i]) / twoVariances[i]);
    }
    if (weights[i] > 0) {
      double scale = Math.exp(-(nearest[i] - squared) / twoVariances[i]);
      weights[i] *= scale;
      squares[i] *= scale;
      for (int j = 0, at = i * dimension; j < dimension; j++, at++) {
        rows[at] *= scale;
      }
    }
    nearest[i] = squared;
    return 1;
  }

  /** |y_i - x|^2, or any larger number than {@code farthest} if it is larger than that. */
  private double squaredDistance(int i, double[] x, double farthest) {
    double sum = 0;
    int at = i * dimension;
    int j = 0;
    for (; j + STRIDE <= dimension; j += STRIDE) {
      double a = 0;
      double b = 0;
      double c = 0;
      double e = 0;
      for (int k = j; k < j + STRIDE; k += 4) { // sums that do not wait for each other
        double first = y[at + k] - x[k];
        double second = y[at + k + 1] - x[k + 1];
        double third = y[at + k + 2] - x[k + 2];
        double fourth = y[at + k + 3] - x[k + 3];
        a += first * first;
        b += second * second;
        c += third * third;
        e += fourth * fourth;
      }
      sum += a + b + (c + e);
      if (sum > farthest) {
        return sum;
      }
    }
    for (; j < dimension; j++) {
      double apart = y[at + j] - x[j];
      sum += apart * apart;
    }
    return sum;
  }

  /**
   * E[x | y] = sum_j p_j x_j of every noisy image; NaN for one that is not finite.
   *
   * @param out receives [n, d]; may be the noisy images themselves once nothing is added any more
   */
  public void denoised(double[] out) {
    for (int i = 0; i < weights.length; i++) {
      for (int j = 0, at = i * dimension; j < dimension; j++, at++) {
        out[at] = rows[at] / weights[i];
      }
    }
  }

  /**
   * The trace of Cov(x | y) = sum_j p_j |y - x_j|^2 - |y - E[x | y]|^2 of every noisy image, whose
   * mean over y is the smallest possible squared error.
   *
   * @return [n]
   */
  public double[] covarianceTraces() {
    double[] traces = new double[weights.length];
    for (int i = 0; i < traces.length; i++) {
      double ofMean = 0;
      for (int j = 0, at = i * dimension; j < dimension; j++, at++) {
        double apart = y[at] - rows[at] / weights[i];
        ofMean += apart * apart;
      }
      traces[i] = Math.max(0, squares[i] / weights[i] - ofMean);
    }
    return traces;
  }
}
