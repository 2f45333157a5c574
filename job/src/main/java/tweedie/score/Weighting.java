package tweedie.score;

/** How much the squared error |D - x|^2 of the denoiser counts at a noise level s. */
public enum Weighting {
  /** 1: the squared error itself; large noise dominates. */
  ERROR,
  /**
   * 1 / s^2: every noise level counts alike for the score, |s psi + n|^2 = |D - x|^2 / s^2 (arXiv
   * 1907.05600, equation 5).
   */
  SCORE,
  /**
   * (s^2 + sd^2) / (s sd)^2: every noise level starts with loss 1 under EDM preconditioning (arXiv
   * 2206.00364, table 1).
   */
  EDM;

  /**
   * The weight at noise {@code s} of the mean of the copies.
   *
   * @param dataStd standard deviation sd of the pixels of the data
   */
  public double at(double s, double dataStd) {
    return switch (this) {
      case ERROR -> 1;
      case SCORE -> 1 / (s * s);
      case EDM -> (s * s + dataStd * dataStd) / (s * s * dataStd * dataStd);
    };
  }
}
