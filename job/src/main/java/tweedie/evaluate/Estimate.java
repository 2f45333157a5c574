package tweedie.evaluate;

import java.io.Serializable;
import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;

/**
 * A number with its 95 % interval.
 *
 * @param value the number
 * @param low lower end
 * @param high upper end
 */
public record Estimate(double value, double low, double high) implements Serializable {

  private static final double CONFIDENCE = 0.95;

  /**
   * A share of n independent rows with Wilson's interval (Wilson 1927), which has a width even
   * where the share is 0 or 1.
   *
   * @param hits rows that count
   * @param n all rows, at least 1
   */
  public static Estimate ofShare(int hits, int n) {
    ConfidenceInterval wilson = new WilsonScoreInterval().createInterval(n, hits, CONFIDENCE);
    // the ends are 0 and 1 there, but for rounding
    return new Estimate(
        (double) hits / n,
        hits == 0 ? 0 : wilson.getLowerBound(),
        hits == n ? 1 : wilson.getUpperBound());
  }

  /** Half the length of the interval. */
  public double halfWidth() {
    return (high - low) / 2;
  }
}
