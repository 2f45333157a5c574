package tweedie.driver;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The size that images are brought to, in pixels.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 */
public record ImageSize(int height, int width) {

  private static final Pattern NOTATION = Pattern.compile("([1-9]\\d{0,4})x([1-9]\\d{0,4})");

  /**
   * Reads {@code HxW}.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static ImageSize of(String text) {
    Matcher parts = NOTATION.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a size; give height x width in pixels, such as 32x32");
    }
    return new ImageSize(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
  }
}
