package tweedie.driver.table;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tweedie.data.DataException;
import tweedie.data.ImageShape;

/** The height and width that images are brought to, in pixels, each at least 1. */
public record ImageSize(int height, int width) {

  private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,4})x([1-9]\\d{0,4})");

  /**
   * Reads HxW.
   *
   * @throws DataException if it is none, or one of too many pixels
   */
  public static ImageSize of(String text) {
    Matcher parts = SIZE.matcher(text);
    if (!parts.matches()) {
      throw new DataException(
          "'" + text + "' is not a size; give height x width in pixels, such as 32x32");
    }
    ImageSize size =
        new ImageSize(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
    if ((long) size.height * size.width > ImageShape.MOST_PIXELS) {
      throw new DataException(
          "'%s' is more than %,d pixels, which are 2048x2048"
              .formatted(text, ImageShape.MOST_PIXELS));
    }
    return size;
  }
}
