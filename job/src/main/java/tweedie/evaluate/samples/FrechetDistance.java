package tweedie.evaluate.samples;

import java.io.Serializable;
import java.util.Arrays;
import tweedie.device.RowProducts;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.HalfSamples;

/**
 * The Frechet distance of two sets of features, as normal distributions with their moments (Dowson
 * and Landau 1982; of the features of Inception-v3 the FID of Heusel et al. 2017, arXiv
 * 1706.08500):
 *
 * <pre>
 *     |mu_1 - mu_2|^2 + tr S_1 + tr S_2 - 2 tr (S_1 S_2)^(1/2)
 * </pre>
 *
 * squared, in the squared scale of the features. With S_2 = L L^T the last trace is the sum of the
 * roots of the eigenvalues of L^T S_1 L.
 */
public final class FrechetDistance implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Wider features take so few splits of {@link HalfSamples}, as each takes minutes. */
  private static final int FEW_SPLITS = 5;

  private static final int WIDE = 512;

  /** A diagonal below this part of the largest is 0 but for rounding. */
  private static final double ROUNDING = 1e-12;

  private final Moments real;
  private final double[] transposedRoot;

  /** Distances from features of these moments. */
  public FrechetDistance(Moments real) {
    this.real = real;
    this.transposedRoot = transposedRoot(real.covariance, real.width());
  }

  /**
   * Moments of features.
   *
   * @param mean [F]
   * @param covariance unbiased, [F, F]
   */
  public record Moments(double[] mean, double[] covariance) implements Serializable {

    /**
     * Those of the rows of a subset of {@link HalfSamples}.
     *
     * @param features [n, width]
     */
    public static Moments of(float[] features, int width, int subset) {
      int all = features.length / width;
      int n = HalfSamples.rows(subset, all);
      double[] mean = new double[width];
      double[] columns = new double[width * n];
      int row = 0;
      for (int i = 0; i < all; i++) {
        if (HalfSamples.holds(subset, HalfSamples.group(i))) {
          for (int f = 0; f < width; f++) {
            columns[f * n + row] = features[i * width + f];
            mean[f] += columns[f * n + row] / n;
          }
          row++;
        }
      }
      for (int f = 0; f < width; f++) {
        for (int i = f * n; i < (f + 1) * n; i++) {
          columns[i] = (columns[i] - mean[f]) / Math.sqrt(n - 1.0);
        }
      }
      return new Moments(mean, RowProducts.of(columns, columns, n));
    }

    /** Number of features F. */
    public int width() {
      return mean.length;
    }
  }

  /** How many subsets of {@link HalfSamples} {@link #interval} wants the distances of. */
  public static int subsets(int width) {
    return 1 + 2 * (width > WIDE ? FEW_SPLITS : HalfSamples.SPLITS);
  }

  /** The squared distance of other features of as many numbers. */
  public double squared(Moments samples) {
    int width = real.width();
    double apart = 0;
    for (int f = 0; f < width; f++) {
      apart += Math.pow(samples.mean[f] - real.mean[f], 2);
      apart += samples.covariance[f * width + f] + real.covariance[f * width + f];
    }
    double[] product = RowProducts.of(transposedRoot, samples.covariance, width);
    for (double eigenvalue :
        RowProducts.eigenvalues(RowProducts.of(product, transposedRoot, width), width)) {
      apart -= 2 * Math.sqrt(Math.max(0, eigenvalue));
    }
    return apart;
  }

  /** L^T of the covariance L L^T, which may be singular. */
  private static double[] transposedRoot(double[] covariance, int width) {
    double[] root = new double[width * width];
    double largest = 0;
    for (int f = 0; f < width; f++) {
      largest = Math.max(largest, covariance[f * width + f]);
    }
    for (int i = 0; i < width; i++) {
      for (int j = 0; j <= i; j++) {
        double rest = covariance[i * width + j];
        for (int k = 0; k < j; k++) {
          rest -= root[i * width + k] * root[j * width + k];
        }
        double pivot = root[j * width + j];
        root[i * width + j] =
            i == j ? Math.sqrt(rest > ROUNDING * largest ? rest : 0) : pivot > 0 ? rest / pivot : 0;
      }
    }
    double[] transposed = new double[width * width];
    for (int i = 0; i < width; i++) {
      for (int j = 0; j <= i; j++) {
        transposed[j * width + i] = root[i * width + j];
      }
    }
    return transposed;
  }

  /**
   * The distance of n samples with its interval.
   *
   * @param squared of each subset, [subsets]
   */
  public static Estimate interval(double[] squared) {
    return HalfSamples.ofNumber(subset -> squared[subset], (squared.length - 1) / 2);
  }

  /**
   * The distance that endless sets would have: its bias falls as 1/n, and so is what the halves
   * have more than all (Chong and Forsyth 2020, arXiv 1911.07023, extrapolate as well).
   *
   * @param squared of each subset, [subsets]
   */
  public static Estimate unbiased(double[] squared) {
    double halves = Arrays.stream(squared).skip(1).average().orElseThrow();
    Estimate biased = interval(squared);
    double moved = squared[0] - halves;
    return new Estimate(biased.value() + moved, biased.low() + moved, biased.high() + moved);
  }
}
