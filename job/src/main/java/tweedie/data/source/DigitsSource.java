package tweedie.data.source;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.SourceImage;

/**
 * Built-in digits 0..9 that look like handwriting, white on black as MNIST's: gray, 8-bit. Image
 * {@code id} shows the digit {@code id % 10} and depends on the seed, the id and the size alone, so
 * that a larger data set starts with the smaller one.
 *
 * @param height rows; MNIST's are 28
 * @param width columns; MNIST's are 28
 * @param count number of images, at least 1
 * @param seed of the random numbers
 */
public record DigitsSource(int height, int width, long count, long seed) implements ImageSource {

  private static final int SMALLEST = 8;

  /**
   * @throws DataException if there is no image or an image is too small to show a digit
   */
  public DigitsSource {
    if (height < SMALLEST || width < SMALLEST) {
      throw new DataException(
          "Digits must be at least " + SMALLEST + "x" + SMALLEST + ", not " + height + "x" + width);
    }
    ImageShape.checkSize(height, width);
    if (count < 1) {
      throw new DataException("There must be at least one digit, not " + count);
    }
  }

  @Override
  public Listing list(Configuration conf) {
    return new Listing(DrawnRange.split(count, "digits", this::digit), List.of());
  }

  /** Image number {@code id}. */
  public SourceImage digit(long id) {
    int label = (int) Math.floorMod(id, 10L);
    byte[] pixels = Handwriting.write(label, seed, id, height, width);
    return SourceImage.ofBytes(label, new ImageShape(height, width, 1), pixels);
  }
}
