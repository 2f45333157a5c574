package tweedie.sample;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.analysis.UnivariateFunction;
import org.apache.commons.math3.analysis.solvers.BrentSolver;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * The noise levels s_1 &gt; ... &gt; s_L that a sampler goes down, in the scale of the data.
 *
 * @param values the levels, largest first
 */
public record NoiseLevels(List<Double> values) implements Serializable {

  /**
   * Neighbouring levels are never recommended to be further apart than this factor: Langevin steps
   * do not settle over wider gaps, whatever the dimension, and modes lose their weights.
   */
  public static final double LARGEST_RATIO = 1.1;

  /**
   * @throws IllegalArgumentException if there is no level, or they do not fall, or are not positive
   *     numbers
   */
  public NoiseLevels {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("There must be at least one noise level");
    }
    for (int i = 0; i < values.size(); i++) {
      double s = values.get(i);
      if (!(s > 0) || Double.isInfinite(s) || (i > 0 && s >= values.get(i - 1))) {
        throw new IllegalArgumentException(
            "Noise levels must be positive numbers, each smaller than the one before, but level %d of %s is not"
                .formatted(i, values));
      }
    }
  }

  /**
   * Levels with the same ratio between neighbours.
   *
   * @param max the first level s_1
   * @param min the last level s_L, &lt; max unless there is one level only
   * @param count number of levels L; 1 gives {@code max} alone
   * @throws IllegalArgumentException if the levels do not fall or are not positive
   */
  public static NoiseLevels geometric(double max, double min, int count) {
    return spaced(max, min, count, u -> max * Math.pow(min / max, u));
  }

  /**
   * The levels (max^(1/rho) + u (min^(1/rho) - max^(1/rho)))^rho, u = 0..1 in equal steps, of
   * Karras et al. 2022 (arXiv 2206.00364, equation 5).
   *
   * @param rho how much the levels crowd at small noise, &gt; 0; the paper takes 7
   * @throws IllegalArgumentException as {@link #geometric}, whose other arguments these are
   */
  public static NoiseLevels karras(double max, double min, int count, double rho) {
    double high = Math.pow(max, 1 / rho);
    double low = Math.pow(min, 1 / rho);
    return spaced(max, min, count, u -> Math.pow(high + u * (low - high), rho));
  }

  /** The values at u = 0..1 of a curve from max to min, whose ends are taken without rounding. */
  private static NoiseLevels spaced(double max, double min, int count, UnivariateFunction curve) {
    return new NoiseLevels(
        IntStream.range(0, count)
            .mapToDouble(i -> i == 0 ? max : i == count - 1 ? min : curve.value(i / (count - 1.0)))
            .boxed()
            .toList());
  }

  /**
   * The number of geometric levels whose neighbours are {@link #ratio(int)} apart.
   *
   * @param max largest noise level
   * @param min smallest noise level, &lt; max
   * @param dimension number of pixels d
   */
  public static int count(double max, double min, int dimension) {
    if (!(max > min) || !(min > 0)) {
      throw new IllegalArgumentException(
          "Noise levels must go from a larger to a smaller positive number, not from %s to %s"
              .formatted(max, min));
    }
    return 1 + (int) Math.max(1, Math.round(Math.log(max / min) / Math.log(ratio(dimension))));
  }

  /**
   * The ratio g of neighbouring levels at which the noise of one level still covers half of the
   * next: Phi(sqrt(2 d) (g - 1) + 3 g) - Phi(sqrt(2 d) (g - 1) - 3 g) = 1/2 (NCSNv2, technique 2,
   * arXiv 2006.09011).
   *
   * <p>In few dimensions levels overlap whatever their ratio (there is no root when 2 d &lt;= 9) or
   * far beyond the ratio at which Langevin steps still settle in a level; the answer is at most
   * {@link #LARGEST_RATIO}.
   *
   * @param dimension number of pixels d, at least 1
   * @return g &gt; 1
   */
  public static double ratio(int dimension) {
    if (dimension < 1) {
      throw new IllegalArgumentException("Images must have at least one pixel, not " + dimension);
    }
    NormalDistribution normal = new NormalDistribution();
    UnivariateFunction overlap =
        g -> {
          double shift = Math.sqrt(2.0 * dimension) * (g - 1);
          return normal.cumulativeProbability(shift + 3 * g)
              - normal.cumulativeProbability(shift - 3 * g);
        };
    if (overlap.value(LARGEST_RATIO) >= 0.5) {
      return LARGEST_RATIO;
    }
    return new BrentSolver(1e-12).solve(100, g -> overlap.value(g) - 0.5, 1, LARGEST_RATIO);
  }

  /** How many they are and where they begin and end. */
  @Override
  public String toString() {
    return count() == 1
        ? Words.of("one noise level %.4g", at(0))
        : Words.of("%d noise levels from %.4g to %.4g", count(), at(0), at(count() - 1));
  }

  /** Number of levels L. */
  public int count() {
    return values.size();
  }

  /** Noise level i, counted from 0. */
  public double at(int i) {
    return values.get(i);
  }

  /** The largest ratio of neighbouring levels; 1 if there is one level only. */
  public double largestRatio() {
    return IntStream.range(1, count()).mapToDouble(i -> at(i - 1) / at(i)).reduce(1, Math::max);
  }
}
