package tweedie.driver.evaluate.score;

import java.io.Serializable;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * Noisy images, level by level.
 *
 * @param images clean, [n, d]
 * @param y noisy, [levels, n, d]
 * @param s their noise, [levels, n]
 */
record NoisyImages(float[] images, double[] y, double[] s) implements Serializable {

  /**
   * All images at each of these noises. The noise of an image comes from the seed and its number
   * alone and is the same, but for its size, at every level.
   *
   * @param rows [n, d]
   */
  static NoisyImages of(float[] rows, int d, long seed, double[] levels) {
    int images = rows.length / d;
    double[] y = new double[levels.length * images * d];
    double[] s = new double[levels.length * images];
    for (int i = 0; i < images; i++) {
      Draws draws = Draws.of(seed, Purpose.SCORE_ERROR, i, 0);
      for (int j = 0; j < d; j++) {
        double n = draws.gaussian();
        for (int level = 0; level < levels.length; level++) {
          y[(level * images + i) * d + j] = rows[i * d + j] + levels[level] * n;
        }
      }
      for (int level = 0; level < levels.length; level++) {
        s[level * images + i] = levels[level];
      }
    }
    return new NoisyImages(rows, y, s);
  }

  /** d of an image. */
  int dimension() {
    return y.length / s.length;
  }

  /** How many images n there are. */
  int count() {
    return images.length / dimension();
  }

  /** At how many noises they are. */
  int levels() {
    return s.length / count();
  }
}
