package tweedie.score;

import java.util.Arrays;

/**
 * The optimal denoiser of a finite data set held in memory, E[x | y] = sum_j softmax_j(-|y - x_j|^2
 * / (2 s^2)) x_j: the exact minimizer of the denoising loss on exactly these rows. Its squared
 * error is the floor of the training loss, and a network that reaches it has memorized the data.
 *
 * <p>One image costs (rows x d) multiplications, so this is for tests and small data; {@link
 * PosteriorSums} is the same over rows that are nowhere together. Without state: any number of
 * threads may use it.
 */
public final class FiniteData implements Denoiser {

  private final double[] rows;
  private final int dimension;

  /**
   * @param rows clean images x_j, [n, d], n at least 1
   * @param dimension number of pixels d, at least 1
   * @throws IllegalArgumentException if the values do not divide into rows of d or are not finite
   */
  public FiniteData(double[] rows, int dimension) {
    if (dimension < 1 || rows.length == 0 || rows.length % dimension != 0) {
      throw new IllegalArgumentException(
          rows.length + " values do not divide into one or more rows of " + dimension);
    }
    if (!Arrays.stream(rows).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException("Every value of the data must be finite");
    }
    this.rows = rows.clone();
    this.dimension = dimension;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  /** E[x | y] = sum_j softmax_j(-|y - x_j|^2 / (2 s^2)) x_j. */
  @Override
  public void denoise(double[] y, double[] s, double[] out) {
    PosteriorSums sums = new PosteriorSums(y, s);
    for (int at = 0; at < rows.length; at += dimension) {
      sums.add(Arrays.copyOfRange(rows, at, at + dimension));
    }
    sums.denoised(out);
  }
}
