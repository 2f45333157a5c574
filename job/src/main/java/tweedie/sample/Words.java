package tweedie.sample;

import java.util.Locale;

/** Text with numbers, which is the same on every machine, whatever language it is set to. */
public final class Words {

  private Words() {}

  /** As {@link String#format}. */
  public static String of(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
