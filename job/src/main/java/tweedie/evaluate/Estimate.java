package tweedie.evaluate;

import java.io.Serializable;

/**
 * A number with its 95 % interval.
 *
 * @param value the number
 * @param low lower end
 * @param high upper end
 */
public record Estimate(double value, double low, double high) implements Serializable {

  /** The 97.5 % quantile of the normal distribution. */
  private static final double NORMAL = 1.959963984540054;

  /**
   * A share of n independent rows with Wilson's interval (Wilson 1927), which has a width even
   * where the share is 0 or 1.
   *
   * @param hits rows that count
   * @param n all rows, at least 1
   */
  public static Estimate ofShare(int hits, int n) {
    return ofShare((double) hits / n, n, NORMAL);
  }

  /**
   * A share with Wilson's interval.
   *
   * @param n number of independent rows, need not be whole
   * @param quantile standard errors from the middle to an end
   */
  static Estimate ofShare(double share, double n, double quantile) {
    double squared = quantile * quantile / n;
    double middle = (share + squared / 2) / (1 + squared);
    double reach = Math.sqrt(squared * (share * (1 - share) + squared / 4)) / (1 + squared);
    // the ends are 0 and 1 there, but for rounding
    return new Estimate(share, share == 0 ? 0 : middle - reach, share == 1 ? 1 : middle + reach);
  }

  /** The same of a number that is never negative. */
  public Estimate notBelowZero() {
    return new Estimate(value, Math.max(0, low), high);
  }

  /** Half the length of the interval. */
  public double halfWidth() {
    return (high - low) / 2;
  }
}
