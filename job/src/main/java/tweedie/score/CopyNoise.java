package tweedie.score;

/**
 * The noise on m independent copies y_i = x + sigma n_i of one image.
 *
 * <p>The only place where the noise of a copy and the noise of the mean of the copies are converted
 * into each other: the mean of the copies is x + s n with s = sigma / sqrt(m), and it is sufficient
 * for x.
 *
 * @param sigma standard deviation of the noise of each copy, &gt; 0, in the scale of the data
 * @param copies number of copies m, at least 1
 */
public record CopyNoise(double sigma, int copies) {

  /**
   * @throws IllegalArgumentException if sigma is not a positive number or there is no copy
   */
  public CopyNoise {
    Positive.require("The noise of a copy", sigma);
    if (copies < 1) {
      throw new IllegalArgumentException("There must be at least one noisy copy, not " + copies);
    }
  }

  /** The noise of {@code copies} copies whose mean has the noise {@code s}. */
  public static CopyNoise ofMean(double s, int copies) {
    return new CopyNoise(s * Math.sqrt(copies), copies);
  }

  /** Standard deviation of the noise of the mean of the copies, sigma / sqrt(m). */
  public double s() {
    return sigma / Math.sqrt(copies);
  }

  /** The noise of the mean of the copies, for those who see nothing else of them. */
  public MeanNoise ofMean() {
    return new MeanNoise(s());
  }
}
