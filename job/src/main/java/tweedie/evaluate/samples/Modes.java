package tweedie.evaluate.samples;

import java.util.Arrays;
import java.util.stream.IntStream;
import tweedie.data.ImageRows;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.HalfSamples;
import tweedie.score.GaussianMixture;

/** Which component of a mixture points come from, and how they spread around it. */
public final class Modes {

  private final GaussianMixture mixture;

  /** The modes of a mixture. */
  public Modes(GaussianMixture mixture) {
    this.mixture = mixture;
  }

  /**
   * The component k with the largest posterior probability for each point, w_k N(x; mu_k, Sigma_k).
   *
   * @param points [n, d]
   * @return [n]
   */
  public int[] of(float[] points) {
    int[] modes = new int[points.length / mixture.dimension()];
    for (int i = 0; i < modes.length; i++) {
      double[] probabilities = mixture.responsibilities(point(points, i), 0);
      for (int k = 1; k < probabilities.length; k++) {
        modes[i] = probabilities[k] > probabilities[modes[i]] ? k : modes[i];
      }
    }
    return modes;
  }

  /** The weights w_k, [K]. */
  public double[] weights() {
    return IntStream.range(0, mixture.components()).mapToDouble(mixture::weight).toArray();
  }

  /**
   * Mean over all points of (x - mu_k)^T Sigma_k^-1 (x - mu_k) / d, k the mode of the point: 1
   * where the spread within modes is right and modes lie apart.
   */
  public Estimate varianceRatio(float[] points) {
    int[] modes = of(points);
    double[] ratios = new double[modes.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = mixture.squaredRadius(modes[i], point(points, i)) / mixture.dimension();
    }
    return HalfSamples.ofMean(ratios);
  }

  private double[] point(float[] points, int i) {
    int d = mixture.dimension();
    return ImageRows.doubles(Arrays.copyOfRange(points, i * d, (i + 1) * d));
  }
}
