package tweedie.evaluate.samples;

import java.io.Serializable;
import java.util.Arrays;
import tweedie.data.ImageRows;
import tweedie.score.GaussianMixture;

/**
 * The kernel Stein discrepancy of rows from a distribution p whose score is known (Liu, Lee, Jordan
 * 2016, arXiv 1602.03253), squared, as a U-statistic,
 *
 * <pre>
 *     KSD^2 = mean_{i != j} u(x_i, x_j)
 *     u(x, y) = k s(x).s(y) + s(x).grad_y k + s(y).grad_x k + tr grad_x grad_y k,    s = grad log p
 * </pre>
 *
 * with the inverse multiquadric kernel k(x, y) = (1 + |x - y|^2 / c^2)^(-1/2), which detects every
 * deviation in the limit (Gorham and Mackey 2017, arXiv 1703.01717). It is 0 in the mean for exact
 * draws, so it may be negative; its unit is one over the squared scale of the rows. For draws of q
 * it is E[k(x, y) e(x).e(y)] with e = grad log p - grad log q: it compares scores, and hardly sees
 * the weights of modes that lie far apart.
 */
public final class SteinDiscrepancy implements Serializable {

  private static final long serialVersionUID = 1L;

  private final GaussianMixture mixture;
  private final double squaredLength;

  /** Of rows from a mixture; c^2 is d times the mean variance of its components. */
  public SteinDiscrepancy(GaussianMixture mixture) {
    this.mixture = mixture;
    double variance = 0;
    for (int k = 0; k < mixture.components(); k++) {
      variance += mixture.weight(k) * mixture.std(k) * mixture.std(k);
    }
    this.squaredLength = mixture.dimension() * variance;
  }

  /** c^2 of the kernel. */
  double squaredLength() {
    return squaredLength;
  }

  /**
   * The sums of u over the pairs of different rows of which the first is one of from..to-1; the
   * mean over all pairs is the discrepancy.
   *
   * @param rows [n, d]
   */
  public KernelSums sums(float[] rows, int from, int to) {
    int d = mixture.dimension();
    int n = rows.length / d;
    double[] scores = scores(rows);
    KernelSums sums = new KernelSums();
    for (int i = from; i < to; i++) {
      for (int j = 0; j < n; j++) {
        if (j != i) {
          sums.add(i, j, u(rows, scores, i, j));
        }
      }
    }
    return sums;
  }

  /** The score of the mixture at each row, [n, d]. */
  private double[] scores(float[] rows) {
    int d = mixture.dimension();
    double[] scores = new double[rows.length];
    for (int i = 0; i < rows.length / d; i++) {
      double[] x = ImageRows.doubles(Arrays.copyOfRange(rows, i * d, (i + 1) * d));
      System.arraycopy(mixture.marginalScore(x, 0), 0, scores, i * d, d);
    }
    return scores;
  }

  private double u(float[] rows, double[] scores, int i, int j) {
    int d = mixture.dimension();
    double squares = 0;
    double ofScores = 0;
    double along = 0; // (s(x) - s(y)).(x - y)
    for (int l = 0; l < d; l++) {
      double apart = (double) rows[i * d + l] - rows[j * d + l];
      double first = scores[i * d + l];
      double second = scores[j * d + l];
      squares += apart * apart;
      ofScores += first * second;
      along += (first - second) * apart;
    }
    // with q = 1 + r^2 / c^2: grad_y k = -grad_x k = (x - y) q^(-3/2) / c^2
    double q = 1 + squares / squaredLength;
    double k = 1 / Math.sqrt(q);
    double slope = k / q / squaredLength;
    double trace = slope * (d - 3 * squares / (squaredLength * q));
    return k * ofScores + slope * along + trace;
  }
}
