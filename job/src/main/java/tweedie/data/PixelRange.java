package tweedie.data;

/**
 * What black and white are in numbers that somebody else wrote.
 *
 * @param black what becomes 0
 * @param white what becomes 1, above {@code black}
 */
public record PixelRange(float black, float white) {

  /**
   * @throws IllegalArgumentException if they are not finite and in this order
   */
  public PixelRange {
    if (!(black < white) || Float.isInfinite(black) || Float.isInfinite(white)) {
      throw new IllegalArgumentException(
          "Black must be below white, not %s and %s".formatted(black, white));
    }
  }

  /** Brings values in place to [0, 1]; what is outside is cut off, and NaN stays. */
  public void scale(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.min(1, Math.max(0, (values[i] - black) / (white - black)));
    }
  }
}
