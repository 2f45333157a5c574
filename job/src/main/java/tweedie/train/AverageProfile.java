package tweedie.train;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.analysis.solvers.BrentSolver;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import tweedie.train.TrainSettings.Ema;

/**
 * How much the weights of each moment of training count in a moving average: a density over the
 * images seen. From the averages that were kept at several moments another one is made after
 * training, as the combination of theirs whose density is nearest to the one wanted (Karras et al.
 * 2024, arXiv 2312.02696, section 3 and algorithm 3).
 *
 * <p>What is wanted is a power function, (g + 1) t^g / T^(g + 1) up to the last image T, whose
 * standard deviation is a share of T: {@link #exponent}. The average that {@link Ema} keeps is of
 * the same kind as long as its half-life is a share of the images seen, with g + 1 = ln 2 / share;
 * later it is exponential.
 */
public final class AverageProfile {

  /** Steps of the integrals over the images seen. */
  private static final int GRID = 5_000;

  /** Singular values below this share of the largest are noise of rounding. */
  private static final double RANK = 1e-7;

  private AverageProfile() {}

  /**
   * How averages are combined.
   *
   * @param factors of each, [n], with sum 1
   * @param error how far the density of the combination is from the one wanted, relative to that:
   *     the square root of the ratio of the integrated squares
   */
  public record Combination(double[] factors, double error) {}

  /**
   * The exponent g of the power function whose standard deviation is {@code length} T.
   *
   * @param length between 0 and 0.28, of which a mean of all weights is 0.289
   * @throws IllegalArgumentException if there is none
   */
  public static double exponent(double length) {
    if (!(length > 0 && length < 0.28)) {
      throw new IllegalArgumentException(
          "The length of an average must be between 0 and 0.28 of the images seen, not " + length);
    }
    return new BrentSolver(1e-12).solve(1000, g -> length(g) - length, 0, 2 / length);
  }

  private static double length(double g) {
    return Math.sqrt((g + 1) / (g + 3)) / (g + 2);
  }

  /**
   * The combination of averages kept after these numbers of images that is nearest to an average of
   * this length at the last of them.
   *
   * @param images seen when each was kept, in rising order, [n]
   */
  public static Combination combine(Ema kept, List<Long> images, double length) {
    double last = images.get(images.size() - 1);
    double g = exponent(length);
    int n = images.size();
    double[][] densities = new double[n][GRID];
    double[] wanted = new double[GRID];
    double cell = last / GRID;
    for (int j = 0; j < GRID; j++) {
      double from = j * cell;
      double to = from + cell;
      wanted[j] = Math.pow(to / last, g + 1) - Math.pow(from / last, g + 1);
      for (int i = 0; i < n; i++) {
        densities[i][j] = left(kept, to, images.get(i)) - left(kept, from, images.get(i));
      }
    }
    double[] factors = solved(densities, wanted);
    double apart = 0;
    double all = 0;
    for (int j = 0; j < GRID; j++) {
      double sum = -wanted[j];
      for (int i = 0; i < n; i++) {
        sum += factors[i] * densities[i][j];
      }
      apart += sum * sum;
      all += wanted[j] * wanted[j];
    }
    return new Combination(factors, Math.sqrt(apart / all));
  }

  /** What the weights up to image t count in the average after {@code seen} images. */
  private static double left(Ema ema, double t, double seen) {
    if (t >= seen) {
      return 1;
    }
    double full = ema.rampUp() > 0 ? ema.halfLifeImages() / ema.rampUp() : 0;
    double halvings = (seen - Math.max(t, Math.min(full, seen))) / ema.halfLifeImages();
    if (t < full) {
      halvings += Math.log(Math.min(full, seen) / t) / ema.rampUp();
    }
    return Math.pow(0.5, halvings);
  }

  /** Least squares among factors of sum 1. */
  private static double[] solved(double[][] densities, double[] wanted) {
    int n = densities.length;
    RealMatrix gram = new Array2DRowRealMatrix(n + 1, n + 1);
    double[] right = new double[n + 1];
    double scale = 0;
    for (int i = 0; i < n; i++) {
      for (int k = 0; k <= i; k++) {
        double product = dot(densities[i], densities[k]);
        gram.setEntry(i, k, product);
        gram.setEntry(k, i, product);
        scale = Math.max(scale, product);
      }
      right[i] = dot(densities[i], wanted);
    }
    for (int i = 0; i < n; i++) { // the multiplier of the sum
      gram.setEntry(i, n, scale);
      gram.setEntry(n, i, scale);
    }
    right[n] = scale;
    SingularValueDecomposition values = new SingularValueDecomposition(gram);
    double least = RANK * values.getSingularValues()[0];
    double[] across = values.getUT().operate(right);
    for (int i = 0; i <= n; i++) {
      double value = values.getSingularValues()[i];
      across[i] = value > least ? across[i] / value : 0;
    }
    return Arrays.copyOf(values.getV().operate(new ArrayRealVector(across)).toArray(), n);
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }
}
