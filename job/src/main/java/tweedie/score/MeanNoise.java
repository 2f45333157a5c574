package tweedie.score;

/**
 * The noise on the mean ybar = x + s n of the copies: a type of its own, so that the noise of a
 * copy cannot be put in its place. {@link CopyNoise#ofMean()} is the way from one to the other.
 *
 * @param s standard deviation of the noise of the mean, &gt; 0, in the scale of the data
 */
public record MeanNoise(double s) {

  /**
   * @throws IllegalArgumentException if s is not a positive number
   */
  public MeanNoise {
    Positive.require("The noise s of the mean of the copies", s);
  }
}
