package tweedie.data.picture;

import java.io.Serializable;
import tweedie.data.DataException;
import tweedie.data.ImageShape;

/**
 * Brings pictures to one shape.
 *
 * @param shape of one channel, which is the luma of colours, or of three, which are red, green,
 *     blue
 * @param size what becomes of pictures of another size
 */
public record PictureFit(ImageShape shape, Size size) implements Serializable {

  /** What becomes of pictures of another size. */
  public enum Size {
    /**
     * They are cropped around their centre to the aspect of the shape and resized: the average over
     * the area of a pixel when they shrink, linear interpolation when they grow.
     */
    BROUGHT,
    /** They are refused. */
    KEPT
  }

  /**
   * The picture in this shape.
   *
   * @param name of the picture, for messages
   * @param picture of three channels
   * @return [height, width, channels]
   * @throws DataException if its size is to be kept and is another
   */
  public byte[] pixels(String name, DecodedImage picture) {
    if (size == Size.KEPT
        && (picture.height() != shape.height() || picture.width() != shape.width())) {
      throw new DataException(
          "%s is %dx%d (height x width), and %dx%d is needed"
              .formatted(name, picture.height(), picture.width(), shape.height(), shape.width()));
    }
    return (shape.channels() == 1 ? picture.gray() : picture).fit(shape.height(), shape.width());
  }
}
