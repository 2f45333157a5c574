package tweedie.data;

import tweedie.score.Draws;

/**
 * Makes continuous data of 8-bit images, which have a density: (k + u) / 256 with u uniform in [0,
 * 1) for each rounding level k = 0..255 (Theis et al. 2016, arXiv 1511.01844, section 3.1). The
 * density's logarithm is then at most that of the probability of the 8-bit image, plus ln 256 for
 * each pixel, in the mean over u.
 */
public final class Dequantized {

  /** Rounding levels of an 8-bit pixel. */
  public static final int LEVELS = 256;

  private Dequantized() {}

  /**
   * A dequantization of an image.
   *
   * @param pixels values k / 255, [d]
   * @param draws where u comes from; one number a pixel
   * @return (k + u) / 256, [d], in [0, 1)
   */
  public static float[] uniformly(float[] pixels, Draws draws) {
    float[] continuous = new float[pixels.length];
    for (int j = 0; j < pixels.length; j++) {
      int level = Math.round((LEVELS - 1) * pixels[j]);
      continuous[j] = (float) ((level + draws.uniform()) / LEVELS);
    }
    return continuous;
  }
}
