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

  /** Half the length of the interval. */
  public double halfWidth() {
    return (high - low) / 2;
  }
}
