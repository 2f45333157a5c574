package tweedie.driver.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An interval of numbers as it is written in mathematics: {@code [1, inf)}, {@code (0, 1]}; {@code
 * 0 or [2, 3]} has the number 0 besides.
 */
record Interval(boolean orZero, double low, boolean fromLow, double high, boolean toHigh) {

  private static final Pattern NOTATION = Pattern.compile("(0 or )?([\\[(])(.+), (.+)([])])");

  /** Larger ones are written with an exponent. */
  private static final double LARGEST_WRITTEN_OUT = 1e15;

  /** The interval that a number of the settings, or every number of a list, must lie in. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface Range {
    String value();
  }

  static Interval of(String notation) {
    Matcher parts = NOTATION.matcher(notation);
    if (!parts.matches()) {
      throw new IllegalArgumentException("Not an interval: " + notation);
    }
    return new Interval(
        parts.group(1) != null,
        end(parts.group(3)),
        parts.group(2).equals("["),
        end(parts.group(4)),
        parts.group(5).equals("]"));
  }

  boolean contains(double x) {
    return orZero && x == 0 || (fromLow ? x >= low : x > low) && (toHigh ? x <= high : x < high);
  }

  /** What a number in it is, such as "0 or a number of at least 0.1 and less than 1". */
  String words(String number) {
    return (orZero ? "0 or " : "") + number + " of " + words();
  }

  private String words() {
    String from = (fromLow ? "at least " : "more than ") + number(low);
    String to = (toHigh ? "at most " : "less than ") + number(high);
    if (Double.isInfinite(high)) {
      return from;
    }
    return Double.isInfinite(low) ? to : from + " and " + to;
  }

  private static double end(String text) {
    return switch (text) {
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  private static String number(double x) {
    return x == Math.rint(x) && Math.abs(x) <= LARGEST_WRITTEN_OUT
        ? Long.toString((long) x)
        : Double.toString(x).replaceFirst("(\\.0)?E", "e");
  }
}
