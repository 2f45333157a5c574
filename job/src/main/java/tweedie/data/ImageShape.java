package tweedie.data;

import java.io.Serializable;

/**
 * The shape of one image; a vector of d numbers is a 1 x 1 image of d channels.
 *
 * @param height rows
 * @param width columns
 * @param channels 1 for gray, 3 for red, green, blue
 */
public record ImageShape(int height, int width, int channels) implements Serializable {

  /** Values of the largest image, 1 GB as floats. */
  public static final int MOST_VALUES = 1 << 28;

  /**
   * A shape that an image can have.
   *
   * @throws IllegalArgumentException for one without a value, or with more than {@link
   *     #MOST_VALUES}
   */
  public ImageShape {
    if (height < 1
        || width < 1
        || channels < 1
        || (long) height * width > MOST_VALUES
        || (long) height * width * channels > MOST_VALUES) {
      throw new IllegalArgumentException(
          "%dx%dx%d is the shape of no image: it has no value, or more than %d"
              .formatted(height, width, channels, MOST_VALUES));
    }
  }

  /** Pixels of the largest image that a data set is made of: 2048 x 2048. */
  public static final int MOST_PIXELS = 1 << 22;

  /**
   * Refuses a size of images that are to be made.
   *
   * @throws DataException if it is not positive, or has more than {@link #MOST_PIXELS}
   */
  public static void checkSize(int height, int width) {
    if (height < 1 || width < 1 || (long) height * width > MOST_PIXELS) {
      throw new DataException(
          "Images must be at least 1x1 and have at most %,d pixels (2048x2048), not %dx%d: --size"
              .formatted(MOST_PIXELS, height, width));
    }
  }

  /** Number of values d = height * width * channels. */
  public int dimension() {
    return height * width * channels;
  }

  /** Whether this is a vector of numbers. */
  public boolean vector() {
    return height * width == 1;
  }

  /** Whether this is gray or of three colours, which can be drawn. */
  public boolean picture() {
    return !vector() && (channels == 1 || channels == 3);
  }

  /**
   * Left for right.
   *
   * @param pixels images of this shape, one after the other
   */
  public float[] mirrored(float[] pixels) {
    float[] mirrored = new float[pixels.length];
    for (int i = 0; i < pixels.length; i += channels) {
      int column = i / channels % width;
      System.arraycopy(pixels, i, mirrored, i + (width - 1 - 2 * column) * channels, channels);
    }
    return mirrored;
  }

  @Override
  public String toString() {
    return height + "x" + width + "x" + channels;
  }
}
