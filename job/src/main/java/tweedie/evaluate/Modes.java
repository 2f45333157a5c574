package tweedie.evaluate;

import tweedie.score.GaussianMixture;

/** Which component of a mixture points come from, and how they spread around it. */
public final class Modes {

  private final GaussianMixture mixture;

  /** The modes of a mixture. */
  public Modes(GaussianMixture mixture) {
    this.mixture = mixture;
  }

  /**
   * The component k with the largest posterior probability for each point, w_k N(x; mu_k, tau_k^2
   * I).
   *
   * @param points [n, d]
   * @return [n]
   */
  public int[] of(float[] points) {
    int d = mixture.dimension();
    int[] modes = new int[points.length / d];
    for (int i = 0; i < modes.length; i++) {
      double best = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < mixture.components(); k++) {
        double tau = mixture.std(k);
        double log =
            Math.log(mixture.weight(k))
                - d * Math.log(tau)
                - squaredDistance(points, i, k) / (2 * tau * tau);
        if (log > best) {
          best = log;
          modes[i] = k;
        }
      }
    }
    return modes;
  }

  /** The weights w_k, [K]. */
  public double[] weights() {
    double[] weights = new double[mixture.components()];
    for (int k = 0; k < weights.length; k++) {
      weights[k] = mixture.weight(k);
    }
    return weights;
  }

  /**
   * Mean over all points of |x - mu_k|^2 / (d tau_k^2), k the mode of the point: 1 where the spread
   * within modes is right and modes lie apart.
   */
  public Estimate varianceRatio(float[] points) {
    int[] modes = of(points);
    double[] ratios = new double[modes.length];
    for (int i = 0; i < ratios.length; i++) {
      double tau = mixture.std(modes[i]);
      ratios[i] = squaredDistance(points, i, modes[i]) / (mixture.dimension() * tau * tau);
    }
    return Jackknife.ofMean(ratios);
  }

  private double squaredDistance(float[] points, int i, int k) {
    double[] mean = mixture.mean(k);
    double sum = 0;
    for (int j = 0; j < mean.length; j++) {
      double apart = points[i * mean.length + j] - mean[j];
      sum += apart * apart;
    }
    return sum;
  }
}
