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
