package tweedie.score;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Erf;

/**
 * The standard normal distribution within [low, high], however far out that is.
 *
 * @param low the lower end
 * @param high the upper end, &gt;= low
 */
record TruncatedNormal(double low, double high) {

  /** Beyond it erfc is near the smallest doubles, and four terms of its series are exact. */
  private static final double FAR = 20;

  /** Halvings of an interval after which a double has no more. */
  private static final int HALVINGS = 100;

  /** How likely a standard normal number is within. */
  double probability() {
    return Erf.erf(low / Math.sqrt(2), high / Math.sqrt(2)) / 2;
  }

  /**
   * The inverse of the distribution function.
   *
   * @param u in [0, 1)
   */
  double quantile(double u) {
    if (high <= 0) { // the tail on the left is that on the right
      return -new TruncatedNormal(-high, -low).quantile(1 - u);
    }
    if (low < 0) { // both ends are near enough to subtract
      double from = below(low);
      return bisected(x -> below(x) - from, u * (below(high) - from));
    }
    double from = logAbove(low);
    return bisected(x -> -Math.expm1(logAbove(x) - from), u * -Math.expm1(logAbove(high) - from));
  }

  private double bisected(DoubleUnaryOperator rising, double value) {
    double below = low;
    double above = high;
    for (int i = 0; i < HALVINGS && below < above; i++) {
      double middle = below + (above - below) / 2;
      if (rising.applyAsDouble(middle) < value) {
        below = middle;
      } else {
        above = middle;
      }
    }
    return above;
  }

  private static double below(double x) {
    return Erf.erfc(-x / Math.sqrt(2)) / 2;
  }

  /** ln of the probability above x &gt;= 0 (Abramowitz and Stegun 7.1.23 for large x). */
  private static double logAbove(double x) {
    if (x < FAR) {
      return Math.log(Erf.erfc(x / Math.sqrt(2)) / 2);
    }
    double r = 1 / (x * x);
    double series = r * (-1 + r * (3 + r * (-15 + r * 105)));
    return -x * x / 2 - Math.log(x * Math.sqrt(2 * Math.PI)) + Math.log1p(series);
  }
}
