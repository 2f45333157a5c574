package tweedie.evaluate.samples;

import java.io.Serializable;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.HalfSamples;

/**
 * Distances between two sets of n rows from their projections on directions theta_1..theta_P:
 *
 * <pre>
 *     sliced W2                 sqrt( 1/P sum_p 1/n sum_i (a_(i) - b_(i))^2 )
 *     sliced Kolmogorov-Smirnov 1/P sum_p max_t |F_a(t) - F_b(t)|
 * </pre>
 *
 * with a_(i) the i-th smallest projection of the one set on theta_p and F_a its distribution
 * function. For N(0, I) against N(mu, I) in d dimensions the squared sliced W2 is |mu|^2 / d in the
 * mean over directions. (Bonneel, Rabin, Peyre, Pfister 2015; Rabin, Peyre, Delon, Bernot 2011.)
 *
 * <p>This is a sum over some of the directions, which can be added to those over others.
 */
public final class SlicedDistances implements Serializable {

  private static final long serialVersionUID = 1L;

  private final double[] squaredWasserstein = new double[HalfSamples.SUBSETS];
  private final double[] gaps = new double[HalfSamples.SUBSETS];
  private int directions;

  /**
   * Adds one direction.
   *
   * @throws IllegalArgumentException if the sets have different sizes
   */
  public void add(Projection a, Projection b) {
    directions++;
    for (int subset = 0; subset < HalfSamples.SUBSETS; subset++) {
      double[] ofA = a.of(subset);
      double[] ofB = b.of(subset);
      squaredWasserstein[subset] += squaredWasserstein(ofA, ofB);
      gaps[subset] += gap(ofA, ofB);
    }
  }

  /** Adds the sums over other directions. */
  public void add(SlicedDistances other) {
    directions += other.directions;
    for (int i = 0; i < gaps.length; i++) {
      squaredWasserstein[i] += other.squaredWasserstein[i];
      gaps[i] += other.gaps[i];
    }
  }

  /** Sliced W2, in the scale of the rows. */
  public Estimate wasserstein() {
    return HalfSamples.ofDistance(subset -> Math.sqrt(squaredWasserstein[subset] / directions));
  }

  /** Sliced Kolmogorov-Smirnov, in [0, 1]. */
  public Estimate kolmogorovSmirnov() {
    return HalfSamples.ofDistance(subset -> gaps[subset] / directions);
  }

  /** 1/n sum_i (a_(i) - b_(i))^2 of two sorted sets of one size. */
  static double squaredWasserstein(double[] a, double[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(
          "Two sets of one size are compared, not of %d and %d rows".formatted(a.length, b.length));
    }
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum / a.length;
  }

  /** max_t |F_a(t) - F_b(t)| of two sorted sets. */
  static double gap(double[] a, double[] b) {
    int i = 0;
    int j = 0;
    double largest = 0;
    while (i < a.length && j < b.length) {
      double t = Math.min(a[i], b[j]);
      while (i < a.length && a[i] == t) {
        i++;
      }
      while (j < b.length && b[j] == t) {
        j++;
      }
      largest = Math.max(largest, Math.abs((double) i / a.length - (double) j / b.length));
    }
    return largest;
  }
}
