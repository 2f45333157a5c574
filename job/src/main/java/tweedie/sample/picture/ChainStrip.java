package tweedie.sample.picture;

import java.util.List;
import java.util.stream.IntStream;
import tweedie.data.ImageShape;

/**
 * How images form: a PNG with a row for each chain and a column for each noise level, from the
 * largest on.
 *
 * @param grid how images are drawn; values outside [0, 1] are clipped, so large noise is black and
 *     white
 */
public record ChainStrip(ImageGrid grid) {

  /** A strip of images of this shape, each pixel drawn {@code scale} wide and high. */
  public ChainStrip(ImageShape shape, int scale) {
    this(new ImageGrid(shape, scale));
  }

  /**
   * Which levels to show: the first, the last, and between them as evenly as whole numbers allow.
   *
   * @param levels number of levels of the sampler, at least 1
   * @param atMost number of columns, at least 2; fewer where there are fewer levels
   * @return indices of levels, rising
   * @throws IllegalArgumentException if there is no level or no room for first and last
   */
  public static int[] columns(int levels, int atMost) {
    if (levels < 1 || atMost < 2) {
      throw new IllegalArgumentException(
          "A strip needs at least one level and room for two columns, not %d and %d"
              .formatted(levels, atMost));
    }
    int count = Math.min(levels, atMost);
    return IntStream.range(0, count)
        .map(i -> count == 1 ? 0 : (int) Math.round(i * (levels - 1.0) / (count - 1)))
        .toArray();
  }

  /**
   * One row a chain.
   *
   * @param positions x of all chains at each of the chosen levels, each [n, height, width, channel]
   * @return a PNG file
   * @throws IllegalArgumentException if there is no level, levels differ in the number of chains,
   *     or values are not finite
   */
  public byte[] png(List<double[]> positions) {
    return drawn(List.of(positions));
  }

  /**
   * Two rows a chain: x, and below it D(x), what the denoiser makes of it.
   *
   * @param positions x as in {@link #png(List)}
   * @param denoised D(x), of the same levels and chains
   * @return a PNG file
   * @throws IllegalArgumentException as there, or if the two differ in the number of levels
   */
  public byte[] png(List<double[]> positions, List<double[]> denoised) {
    if (positions.size() != denoised.size()) {
      throw new IllegalArgumentException(
          "A strip of %d levels of x cannot show %d of D(x)"
              .formatted(positions.size(), denoised.size()));
    }
    return drawn(List.of(positions, denoised));
  }

  /** Chain by chain, each kind of row under the one before. */
  private byte[] drawn(List<List<double[]>> kinds) {
    int columns = kinds.get(0).size();
    if (columns == 0) {
      throw new IllegalArgumentException("A strip must show at least one noise level");
    }
    int length = kinds.get(0).get(0).length;
    int d = grid.shape().dimension();
    for (List<double[]> kind : kinds) {
      for (double[] level : kind) {
        if (level.length != length || length % d != 0) {
          throw new IllegalArgumentException(
              "Every level of a strip must hold the same chains of %s, not %d values after %d"
                  .formatted(grid.shape(), level.length, length));
        }
      }
    }
    double[] images = new double[kinds.size() * columns * length];
    int at = 0;
    for (int chain = 0; chain < length / d; chain++) {
      for (List<double[]> kind : kinds) {
        for (double[] level : kind) {
          System.arraycopy(level, chain * d, images, at, d);
          at += d;
        }
      }
    }
    return grid.png(images, columns);
  }
}
