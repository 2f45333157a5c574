package tweedie.score;

/** Draws the m noisy copies y_i of one image, [m, d] copy by copy, and takes their mean. */
public final class Copies {

  private Copies() {}

  /**
   * Noisy copies y_i = x + sigma n_i of an image.
   *
   * @param image the clean image x, [d]
   * @param noise number of copies m and the noise sigma of each, in the scale of the image
   * @param draws where the noise comes from; m d normal numbers are taken
   * @return [m, d]
   */
  public static double[] of(double[] image, CopyNoise noise, Draws draws) {
    int d = image.length;
    double[] copies = new double[noise.copies() * d];
    for (int i = 0; i < noise.copies(); i++) {
      for (int j = 0; j < d; j++) {
        copies[i * d + j] = image[j] + noise.sigma() * draws.gaussian();
      }
    }
    return copies;
  }

  /**
   * Copies y_i = ybar + sigma (n_i - nbar) that have a given mean: what m copies look like when
   * only their mean is known. Given the mean, the spread of the copies does not depend on the
   * image.
   *
   * @param mean the mean ybar, [d]
   * @param noise number of copies m and the noise sigma of each
   * @param draws where the spread comes from; m d normal numbers are taken
   * @return [m, d], whose mean is {@code mean} up to rounding
   */
  public static double[] around(double[] mean, CopyNoise noise, Draws draws) {
    int d = mean.length;
    double[] copies = of(new double[d], noise, draws);
    double[] center = mean(copies, noise.copies());
    for (int i = 0; i < noise.copies(); i++) {
      for (int j = 0; j < d; j++) {
        copies[i * d + j] += mean[j] - center[j];
      }
    }
    return copies;
  }

  /**
   * The mean ybar of the copies, which is sufficient for the image.
   *
   * @param copies [m, d]
   * @param m number of copies
   * @return [d]
   * @throws IllegalArgumentException if the values do not divide into m copies
   */
  public static double[] mean(double[] copies, int m) {
    if (m < 1 || copies.length % m != 0) {
      throw new IllegalArgumentException(
          copies.length + " values do not divide into " + m + " copies");
    }
    double[] mean = new double[copies.length / m];
    for (int i = 0; i < copies.length; i++) {
      mean[i % mean.length] += copies[i] / m;
    }
    return mean;
  }
}
