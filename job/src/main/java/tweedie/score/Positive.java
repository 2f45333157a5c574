package tweedie.score;

/** The check of numbers that must be positive. */
public final class Positive {

  private Positive() {}

  /**
   * Lets positive numbers pass.
   *
   * @param what the number is: the beginning of the message
   * @throws IllegalArgumentException if {@code value} is not a positive number
   */
  public static void require(String what, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "%s must be a positive number, not %s".formatted(what, value));
    }
  }
}
