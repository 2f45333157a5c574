package tweedie.score;

import java.util.Arrays;

/**
 * Anything that returns E[x | y]: a network, a closed-form mixture, the data set itself.
 *
 * <p>{@code y} is the mean of the noisy copies, which is sufficient for x, and {@code s} is the
 * noise of that mean (never the noise sigma of a single copy, see {@link CopyNoise}). Pixels are in
 * the scale of the data, [0, 1] for images.
 *
 * <p>A denoiser may hold native memory and scratch arrays: one thread at a time, and close it.
 */
public interface Denoiser extends AutoCloseable {

  /** Number of pixels d of one image. */
  int dimension();

  /**
   * Computes E[x | y] for n images.
   *
   * @param y means of the copies, [n, d] row by row
   * @param s noise standard deviation of each mean, [n], each &gt; 0
   * @param out receives the posterior means, [n, d]; may be {@code y} itself
   */
  void denoise(double[] y, double[] s, double[] out);

  /**
   * E[x | y_1..y_m] of n images from their copies. The mean of the copies is sufficient for x, so
   * it is all that is looked at unless a denoiser says otherwise.
   *
   * @param copies y_1..y_m of each image, [n, m, d]
   * @param noise number of copies m and the noise sigma of each
   * @return [n, d]
   * @throws IllegalArgumentException if the values do not divide into images of m copies
   */
  default double[] denoise(double[] copies, CopyNoise noise) {
    int d = dimension();
    int perImage = noise.copies() * d;
    if (copies.length % perImage != 0) {
      throw new IllegalArgumentException(
          copies.length + " values do not divide into " + noise.copies() + " copies of " + d);
    }
    double[] means = new double[copies.length / noise.copies()];
    double[] s = new double[means.length / d];
    for (int i = 0; i < s.length; i++) {
      double[] image = Arrays.copyOfRange(copies, i * perImage, (i + 1) * perImage);
      System.arraycopy(Copies.mean(image, noise.copies()), 0, means, i * d, d);
      s[i] = noise.s();
    }
    denoise(means, s, means);
    return means;
  }

  /**
   * The same denoiser for rows that belong to these chains, for denoisers that need random numbers
   * of their own (a network of stacked copies draws the spread of the copies around their mean).
   * Row i of the next calls belongs to {@code chains[i]}, so that a chain's numbers do not depend
   * on its neighbours in the batch.
   */
  default Denoiser forChains(long seed, long[] chains) {
    return this;
  }

  @Override
  default void close() {}
}
