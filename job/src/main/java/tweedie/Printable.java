package tweedie;

import java.io.PrintWriter;
import java.util.regex.Pattern;

/**
 * Text from files and names that a terminal or a log may show: a control character, which could
 * move the cursor, recolour what follows or begin a line of its own, is written as an escape.
 */
public final class Printable {

  /** Control characters and those that turn the direction of writing. */
  private static final Pattern CONTROL =
      Pattern.compile("[\\p{Cc}\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]");

  private Printable() {}

  /** The text on one line. */
  public static String line(String text) {
    return CONTROL.matcher(text).replaceAll(found -> escaped(found.group().charAt(0)));
  }

  private static String escaped(char control) {
    return switch (control) {
      case '\n' -> "\\\\n";
      case '\r' -> "\\\\r";
      case '\t' -> "\\\\t";
      default -> "\\\\u%04x".formatted((int) control);
    };
  }

  /** A writer that prints texts so; only its {@code println} ends a line. */
  public static PrintWriter on(PrintWriter out) {
    return new PrintWriter(out, true) {
      @Override
      public void write(String text, int from, int length) {
        String printable = line(text.substring(from, from + length));
        super.write(printable, 0, printable.length());
      }
    };
  }
}
