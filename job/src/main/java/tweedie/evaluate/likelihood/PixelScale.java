package tweedie.evaluate.likelihood;

import java.io.Serializable;
import tweedie.data.Dequantized;

/**
 * The range that 8-bit pixels are given, which decides what a density in that scale says of the
 * pixels 0..255 in bits.
 *
 * <p>A density of dequantized pixels, low + (high - low) (k + u) / 256 with u uniform in [0, 1), is
 * one of k + u times (256 / (high - low)) for each pixel; and the mean of its negative logarithm
 * over u bounds the bits of a lossless code of the image from above (Theis et al. 2016, arXiv
 * 1511.01844, section 3.1).
 *
 * @param low the value that stands for the black end
 * @param high the value that stands for the white end, &gt; low
 */
public record PixelScale(double low, double high) implements Serializable {

  /** Pixels in [0, 1], the scale of this project: 8 bits per dimension more than the density. */
  public static final PixelScale UNIT = new PixelScale(0, 1);

  /**
   * @throws IllegalArgumentException if the range is empty
   */
  public PixelScale {
    if (!(high > low) || Double.isInfinite(high - low)) {
      throw new IllegalArgumentException(
          "Pixels must have a range of positive length, not " + low + " to " + high);
    }
  }

  /** What is added to bits per dimension of a density in this scale: log2(256 / (high - low)). */
  public double offset() {
    return Math.log(Dequantized.LEVELS / (high - low)) / Math.log(2);
  }

  /**
   * Bits per dimension of an 8-bit image of d values whose dequantization has this log density.
   *
   * @param logDensity in nats, in this scale
   */
  public double bits(double logDensity, int d) {
    return differentialBits(logDensity, d) + offset();
  }

  /** Bits per dimension of a point of d values that are no pixels, -log2 p / d: no offset. */
  public static double differentialBits(double logDensity, int d) {
    return -logDensity / (d * Math.log(2));
  }
}
