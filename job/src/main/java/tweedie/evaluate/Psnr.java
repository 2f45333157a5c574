package tweedie.evaluate;

import tweedie.score.Vectors;

/** The peak ratio of signal to noise, in dB. */
public final class Psnr {

  private Psnr() {}

  /**
   * 10 log10(range^2 / error).
   *
   * @param error mean squared error of a pixel
   * @param range of the values of the data
   */
  public static double of(double error, double range) {
    return 10 * Math.log10(range * range / error);
  }

  /**
   * That of a picture whose clean values are known.
   *
   * @param picture pixels in [0, 1]
   * @param clean as many
   */
  public static double of(double[] picture, double[] clean) {
    return 10 * Math.log10(clean.length / Vectors.squaredDistance(picture, clean));
  }
}
