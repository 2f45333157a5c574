package tweedie.sample.picture;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import tweedie.data.ImageShape;

/**
 * A contact sheet of images as PNG: as square as their number allows unless the length of a row is
 * given, filled row by row, with two black pixels around each image.
 *
 * @param shape shape of one image, with 1 (gray) or 3 (red, green, blue) channels
 * @param scale how many pixels wide and high a pixel is drawn, at least 1
 */
public record ImageGrid(ImageShape shape, int scale) {

  private static final int PADDING = 2;

  /**
   * @throws IllegalArgumentException if the images are neither gray nor RGB or the scale is below 1
   */
  public ImageGrid {
    if (shape.channels() != 1 && shape.channels() != 3) {
      throw new IllegalArgumentException(
          "A grid shows images of 1 or 3 channels, not " + shape.channels());
    }
    if (scale < 1) {
      throw new IllegalArgumentException("The scale of a grid must be at least 1, not " + scale);
    }
  }

  /**
   * Draws the images.
   *
   * @param images [n, height, width, channel], n at least 1; values outside [0, 1] are clipped
   * @return a PNG file
   * @throws IllegalArgumentException if the values do not divide into images or are not finite
   */
  public byte[] png(double[] images) {
    return encode(sheet(images));
  }

  /**
   * The same in rows of {@code columns} images.
   *
   * @throws IllegalArgumentException as {@link #png(double[])}, or if there is no column
   */
  public byte[] png(double[] images, int columns) {
    return encode(sheet(images, columns));
  }

  /**
   * Draws one image without anything around it.
   *
   * @param image [height, width, channel]; values outside [0, 1] are clipped
   * @return a PNG file
   * @throws IllegalArgumentException if it is not one image or a value is not finite
   */
  public byte[] picture(double[] image) {
    if (image.length != shape.dimension()) {
      throw new IllegalArgumentException(
          "A picture of " + shape + " has " + shape.dimension() + " values, not " + image.length);
    }
    return encode(
        sheet(image, 1)
            .getSubimage(PADDING, PADDING, shape.width() * scale, shape.height() * scale));
  }

  /** The sheet that {@link #png(double[])} encodes. */
  BufferedImage sheet(double[] images) {
    return sheet(images, (int) Math.ceil(Math.sqrt(count(images))));
  }

  private int count(double[] images) {
    int d = shape.dimension();
    if (images.length == 0 || images.length % d != 0) {
      throw new IllegalArgumentException(
          images.length + " values do not divide into one or more images of " + shape);
    }
    return images.length / d;
  }

  private BufferedImage sheet(double[] images, int columns) {
    int count = count(images);
    if (columns < 1) {
      throw new IllegalArgumentException("A grid must have at least one column, not " + columns);
    }
    if (!Arrays.stream(images).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException("Every pixel of a grid must be finite");
    }
    int d = shape.dimension();
    int rows = (count + columns - 1) / columns;
    int cellWidth = shape.width() * scale + PADDING;
    int cellHeight = shape.height() * scale + PADDING;
    BufferedImage sheet =
        new BufferedImage(
            columns * cellWidth + PADDING,
            rows * cellHeight + PADDING,
            shape.channels() == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < count; i++) {
      int left = PADDING + i % columns * cellWidth;
      int top = PADDING + i / columns * cellHeight;
      draw(sheet, left, top, images, i * d);
    }
    return sheet;
  }

  /** Draws the image that starts at images[at]; into the raster, as setRGB would convert gray. */
  private void draw(BufferedImage sheet, int left, int top, double[] images, int at) {
    for (int y = 0; y < shape.height() * scale; y++) {
      for (int x = 0; x < shape.width() * scale; x++) {
        int pixel = at + (y / scale * shape.width() + x / scale) * shape.channels();
        for (int band = 0; band < shape.channels(); band++) {
          double value = Math.min(1, Math.max(0, images[pixel + band]));
          sheet.getRaster().setSample(left + x, top + y, band, (int) Math.round(255 * value));
        }
      }
    }
  }

  private static byte[] encode(BufferedImage sheet) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // in memory: ImageIO.write(..., OutputStream) would cache in a file
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(sheet, "png", out)) {
        throw new IllegalStateException("This Java has no PNG writer");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
