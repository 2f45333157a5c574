package tweedie.score;

import java.util.Arrays;
import java.util.stream.LongStream;
import tweedie.score.Draws.Purpose;

/** Mixtures that the tests share. */
public final class Mixtures {

  private Mixtures() {}

  /**
   * Three components about one standard deviation apart, however many the dimensions, so that no
   * responsibility is close to 0 or 1 for most points.
   */
  public static GaussianMixture overlapping(int d) {
    double[][] means = new double[3][d];
    for (int k = 0; k < 3; k++) {
      Draws draws = Draws.of(11, Purpose.ORACLE, k, d);
      for (int j = 0; j < d; j++) {
        means[k][j] = draws.gaussian() / Math.sqrt(d);
      }
    }
    double widen = 0.5 / Math.sqrt(d);
    return new GaussianMixture(
        new double[] {0.5, 0.3, 0.2},
        means,
        new double[] {0.6, 0.6 * (1 + widen), 0.6 * (1 - widen)});
  }

  /**
   * Three components of full covariances whose axes differ, with variances from a tenth to ten
   * times that of {@link #overlapping}.
   */
  public static GaussianMixture tilted(int d) {
    GaussianMixture isotropic = overlapping(d);
    double[][] means = new double[3][];
    double[][][] covariances = new double[3][][];
    for (int k = 0; k < 3; k++) {
      means[k] = isotropic.mean(k);
      covariances[k] = scaledIdentity(d, 0.036);
      Draws draws = Draws.of(12, Purpose.ORACLE, k, d);
      for (int direction = 0; direction < Math.min(d, 3); direction++) {
        double[] u = new double[d];
        Arrays.setAll(u, j -> draws.gaussian() / Math.sqrt(d));
        for (int i = 0; i < d; i++) {
          for (int j = 0; j < d; j++) {
            covariances[k][i][j] += u[i] * u[j];
          }
        }
      }
    }
    return GaussianMixture.ofCovariances(new double[] {0.5, 0.3, 0.2}, means, covariances);
  }

  /** Three modes in the plane, far apart and of unlike weights and spreads. */
  public static GaussianMixture unlikeModes() {
    return new GaussianMixture(
        new double[] {0.7, 0.2, 0.1},
        new double[][] {{-3, 2}, {4, 4}, {0, -6}},
        new double[] {0.8, 0.5, 1.2});
  }

  /** variance I, [d][d]. */
  public static double[][] scaledIdentity(int d, double variance) {
    double[][] matrix = new double[d][d];
    for (int i = 0; i < d; i++) {
      matrix[i][i] = variance;
    }
    return matrix;
  }

  /** N(mean, std^2 I) in d dimensions. */
  public static GaussianMixture gaussian(int d, double mean, double std) {
    double[] center = new double[d];
    Arrays.fill(center, mean);
    return new GaussianMixture(new double[] {1}, new double[][] {center}, new double[] {std});
  }

  /** The numbers 0..n-1. */
  public static long[] ids(int n) {
    return LongStream.range(0, n).toArray();
  }
}
