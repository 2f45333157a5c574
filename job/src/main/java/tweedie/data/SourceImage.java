package tweedie.data;

import java.io.Serializable;

/**
 * One image as it comes out of a source: 8-bit or floating-point values, not yet numbered.
 *
 * @param label class, or -1 where there is none
 * @param shape its shape
 * @param bytes values 0..255 in the order [height, width, channel], or null for a vector
 * @param floats values in the order [height, width, channel], or null for an 8-bit image
 */
public record SourceImage(int label, ImageShape shape, byte[] bytes, float[] floats)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if the number of values is not that of the shape
   */
  public SourceImage {
    if ((bytes == null) == (floats == null)) {
      throw new IllegalArgumentException("An image has either bytes or floats");
    }
    int values = bytes == null ? floats.length : bytes.length;
    if (values != shape.dimension()) {
      throw new IllegalArgumentException(
          "An image of " + shape + " has " + shape.dimension() + " values, not " + values);
    }
  }

  /** An 8-bit image. */
  public static SourceImage ofBytes(int label, ImageShape shape, byte[] bytes) {
    return new SourceImage(label, shape, bytes, null);
  }

  /** A vector of any numbers. */
  public static SourceImage ofFloats(int label, ImageShape shape, float[] floats) {
    return new SourceImage(label, shape, null, floats);
  }
}
