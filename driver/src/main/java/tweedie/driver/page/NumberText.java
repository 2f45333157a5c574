package tweedie.driver.page;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as people read them. */
public final class NumberText {

  private static final int DIGITS = 4;
  private static final double SMALLEST = 1e-4;
  private static final double LARGEST = 1e7;

  private NumberText() {}

  /** Four significant digits; "-" where there is no number. */
  public static String text(double value) {
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "-" : Double.toString(value);
    }
    double size = Math.abs(value);
    if (size != 0 && (size < SMALLEST || size >= LARGEST)) {
      return String.format(Locale.ROOT, "%." + (DIGITS - 1) + "e", value);
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(DIGITS));
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }

  /** A whole number with a comma at every thousand. */
  public static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** The ends of an interval. */
  public static String range(double low, double high) {
    return text(low) + " to " + text(high);
  }
}
