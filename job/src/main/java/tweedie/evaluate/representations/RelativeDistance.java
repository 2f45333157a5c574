package tweedie.evaluate.representations;

import tweedie.data.DataException;
import tweedie.evaluate.Estimate;

/**
 * How far rows move when what they stand for is changed a little, beside how far they are from each
 * other:
 *
 * <pre>
 *   r = sqrt(A / B),   A = mean of |z_i' - z_i|^2,   B = mean over i != j of |z_i - z_j|^2
 * </pre>
 *
 * <p>B is 2 n / (n - 1) times the mean of |z_i - mean z|^2. The interval is that of log r by the
 * delta method, with the influence of each row on A and on B.
 */
public final class RelativeDistance {

  /** The 97.5 % quantile of the normal distribution. */
  private static final double NORMAL = 1.959963984540054;

  private RelativeDistance() {}

  /**
   * r with its 95 % interval over rows.
   *
   * @param moved |z_i' - z_i|^2, [n]
   * @param rows z, [n, d]
   * @throws DataException if there are fewer than two rows, or all are the same
   */
  public static Estimate of(double[] moved, double[] rows) {
    int n = moved.length;
    double[] apart = apart(rows, n);
    double a = mean(moved);
    double b = mean(apart);
    if (n < 2 || !(b > 0)) {
      throw new DataException(
          "Distances are measured by that of two different images, and there are none among %d"
              .formatted(n));
    }
    if (a == 0) {
      return new Estimate(0, 0, 0);
    }
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double influence = (moved[i] / a - apart[i] / b) / 2;
      squares += influence * influence;
    }
    double ratio = Math.sqrt(a / b);
    double reach = Math.exp(NORMAL * Math.sqrt(squares / (n - 1) / n));
    return new Estimate(ratio, ratio / reach, ratio * reach);
  }

  /**
   * 2 n / (n - 1) |z_i - mean z|^2 of each row, whose mean is B, [n]; seen from the first row, so
   * that it is exactly 0 where all are the same.
   */
  private static double[] apart(double[] rows, int n) {
    int d = rows.length / n;
    double[] center = new double[d];
    for (int at = 0; at < rows.length; at++) {
      center[at % d] += (rows[at] - rows[at % d]) / n;
    }
    double[] apart = new double[n];
    for (int at = 0; at < rows.length; at++) {
      double from = rows[at] - rows[at % d] - center[at % d];
      apart[at / d] += 2.0 * n / Math.max(1, n - 1) * from * from;
    }
    return apart;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
