package tweedie.score;

import java.io.Serializable;
import java.util.Arrays;
import tweedie.score.Draws.Purpose;

/**
 * A mixture of K isotropic Gaussians sum_k w_k N(mu_k, tau_k^2 I): a distribution whose posterior
 * mean, density and scores are known in closed form at every noise level.
 *
 * <p>With noise s, component k of the noisy density p_s has variance v_k = tau_k^2 + s^2 and the
 * responsibility r_k(y) = w_k N(y; mu_k, v_k I) / p_s(y), computed by log-sum-exp. Everything is in
 * double precision, in the scale of the data, without state: any number of threads may use it.
 */
public final class GaussianMixture implements Denoiser, Serializable {

  private static final long serialVersionUID = 1L;
  private static final double WEIGHT_SUM_TOLERANCE = 1e-9;

  private final double[] weights;
  private final double[][] means;
  private final double[] stds;

  /**
   * @param weights w, [K], at least 0, with sum 1 (within 1e-9)
   * @param means mu, [K][d]
   * @param stds tau, [K], &gt; 0
   * @throws IllegalArgumentException if the sizes do not agree or a value is out of range
   */
  public GaussianMixture(double[] weights, double[][] means, double[] stds) {
    int count = weights.length;
    if (count == 0 || means.length != count || stds.length != count) {
      throw new IllegalArgumentException(
          "A mixture needs as many means and stds as weights, at least one of each, not "
              + count
              + " weights, "
              + means.length
              + " means and "
              + stds.length
              + " stds");
    }
    double sum = 0;
    for (int k = 0; k < count; k++) {
      if (!(weights[k] >= 0)) {
        throw new IllegalArgumentException(
            "Weight " + k + " of the mixture must be at least 0, not " + weights[k]);
      }
      if (!(stds[k] > 0) || Double.isInfinite(stds[k])) {
        throw new IllegalArgumentException(
            "Std " + k + " of the mixture must be a positive number, not " + stds[k]);
      }
      if (means[k].length == 0 || means[k].length != means[0].length) {
        throw new IllegalArgumentException(
            "Mean "
                + k
                + " of the mixture has "
                + means[k].length
                + " dimensions, mean 0 has "
                + means[0].length
                + "; they must agree and be at least 1");
      }
      if (!Arrays.stream(means[k]).allMatch(Double::isFinite)) {
        throw new IllegalArgumentException(
            "Mean " + k + " of the mixture must be finite, not " + Arrays.toString(means[k]));
      }
      sum += weights[k];
    }
    if (!(Math.abs(sum - 1) <= WEIGHT_SUM_TOLERANCE)) {
      throw new IllegalArgumentException("The weights of the mixture must sum to 1, not " + sum);
    }
    this.weights = weights.clone();
    this.means = Arrays.stream(means).map(double[]::clone).toArray(double[][]::new);
    this.stds = stds.clone();
  }

  @Override
  public int dimension() {
    return means[0].length;
  }

  /** Number of components K. */
  public int components() {
    return weights.length;
  }

  /** Weight w_k of component k. */
  public double weight(int k) {
    return weights[k];
  }

  /** Mean mu_k of component k, [d]; a copy. */
  public double[] mean(int k) {
    return means[k].clone();
  }

  /** Standard deviation tau_k of component k. */
  public double std(int k) {
    return stds[k];
  }

  /** E[x | y] = sum_k r_k (tau_k^2 y + s^2 mu_k) / v_k. */
  @Override
  public void denoise(double[] y, double[] s, double[] out) {
    int d = dimension();
    double[] row = new double[d];
    for (int i = 0; i < s.length; i++) {
      System.arraycopy(y, i * d, row, 0, d);
      double[] r = responsibilities(row, s[i]);
      Arrays.fill(out, i * d, (i + 1) * d, 0);
      for (int k = 0; k < r.length; k++) {
        double[] posterior = componentPosteriorMean(k, row, s[i]);
        for (int j = 0; j < d; j++) {
          out[i * d + j] += r[k] * posterior[j];
        }
      }
    }
  }

  /**
   * log p_s(y) in nats, p_s = sum_k w_k N(mu_k, v_k I).
   *
   * @param y one point, [d]
   * @param s noise standard deviation, at least 0; 0 is the density of the data
   */
  public double logDensity(double[] y, double s) {
    return logSum(logTerms(y, s));
  }

  /**
   * The marginal score grad log p_s(y) = sum_k r_k (mu_k - y) / v_k.
   *
   * @param y one point, [d]
   * @param s noise standard deviation, at least 0
   * @return [d]
   */
  public double[] marginalScore(double[] y, double s) {
    double[] r = responsibilities(y, s);
    double[] score = new double[y.length];
    for (int k = 0; k < r.length; k++) {
      for (int j = 0; j < y.length; j++) {
        score[j] += r[k] * (means[k][j] - y[j]) / variance(k, s);
      }
    }
    return score;
  }

  /**
   * The Jacobian of the marginal score, sum_k r_k (a_k a_k^T - I / v_k) - score score^T with a_k =
   * (mu_k - y) / v_k. Its trace is the divergence of the score.
   *
   * @param y one point, [d]
   * @param s noise standard deviation, at least 0
   * @return [d, d], symmetric
   */
  public double[] marginalScoreJacobian(double[] y, double s) {
    int d = y.length;
    double[] r = responsibilities(y, s);
    double[] score = marginalScore(y, s);
    double[] jacobian = new double[d * d];
    for (int k = 0; k < r.length; k++) {
      double v = variance(k, s);
      for (int i = 0; i < d; i++) {
        double ai = (means[k][i] - y[i]) / v;
        for (int j = 0; j < d; j++) {
          jacobian[i * d + j] += r[k] * ai * (means[k][j] - y[j]) / v;
        }
        jacobian[i * d + i] -= r[k] / v;
      }
    }
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        jacobian[i * d + j] -= score[i] * score[j];
      }
    }
    return jacobian;
  }

  /**
   * The trace of Cov(x | y), sum_k r_k (d tau_k^2 s^2 / v_k + |m_k|^2) - |E[x | y]|^2, where m_k is
   * the posterior mean in component k. Its mean over y is the smallest possible squared error of a
   * denoiser. Computed from differences to E[x | y], so that large means do not cancel.
   *
   * @param y one point, [d]
   * @param s noise standard deviation, &gt; 0
   */
  public double posteriorCovarianceTrace(double[] y, double s) {
    double[] r = responsibilities(y, s);
    double[] posterior = new double[y.length];
    denoise(y, new double[] {s}, posterior);
    double trace = 0;
    for (int k = 0; k < r.length; k++) {
      double within = y.length * stds[k] * stds[k] * s * s / variance(k, s);
      trace += r[k] * (within + squaredDistance(componentPosteriorMean(k, y, s), posterior));
    }
    return trace;
  }

  /**
   * Exact draws of clean images. Image i depends on the seed and {@code ids[i]} only.
   *
   * @param ids numbers of the images, [n]
   * @return [n, d]
   */
  public double[] sample(long seed, long[] ids) {
    int d = dimension();
    double[] images = new double[ids.length * d];
    for (int i = 0; i < ids.length; i++) {
      Draws draws = Draws.of(seed, Purpose.ORACLE, ids[i], 0);
      int k = component(draws.uniform());
      for (int j = 0; j < d; j++) {
        images[i * d + j] = means[k][j] + stds[k] * draws.gaussian();
      }
    }
    return images;
  }

  /** The component in whose share of [0, 1) the number u lies; never one of weight 0. */
  private int component(double u) {
    int last = 0;
    double below = 0;
    for (int k = 0; k < weights.length; k++) {
      if (weights[k] > 0) {
        last = k;
        below += weights[k];
        if (u < below) {
          return k;
        }
      }
    }
    return last;
  }

  /** v_k = tau_k^2 + s^2. */
  private double variance(int k, double s) {
    return stds[k] * stds[k] + s * s;
  }

  /** E[x | y, component k] = (tau_k^2 y + s^2 mu_k) / v_k. */
  private double[] componentPosteriorMean(int k, double[] y, double s) {
    double shrink = stds[k] * stds[k] / variance(k, s);
    double[] posterior = new double[y.length];
    for (int j = 0; j < y.length; j++) {
      posterior[j] = shrink * y[j] + (1 - shrink) * means[k][j];
    }
    return posterior;
  }

  /** r_k = w_k N(y; mu_k, v_k I) / p_s(y). */
  private double[] responsibilities(double[] y, double s) {
    double[] r = logTerms(y, s);
    double max = Arrays.stream(r).max().orElseThrow();
    double sum = 0;
    for (int k = 0; k < r.length; k++) {
      r[k] = Math.exp(r[k] - max);
      sum += r[k];
    }
    for (int k = 0; k < r.length; k++) {
      r[k] /= sum; // not exp(term - log p_s): that sums to 1 only to the rounding of log p_s
    }
    return r;
  }

  /** log(w_k N(y; mu_k, v_k I)). */
  private double[] logTerms(double[] y, double s) {
    double[] terms = new double[weights.length];
    for (int k = 0; k < terms.length; k++) {
      double v = variance(k, s);
      terms[k] =
          Math.log(weights[k])
              - y.length / 2.0 * Math.log(2 * Math.PI * v)
              - squaredDistance(y, means[k]) / (2 * v);
    }
    return terms;
  }

  private static double logSum(double[] terms) {
    double max = Arrays.stream(terms).max().orElseThrow();
    double sum = 0;
    for (double term : terms) {
      sum += Math.exp(term - max);
    }
    return max + Math.log(sum);
  }

  private static double squaredDistance(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += (a[j] - b[j]) * (a[j] - b[j]);
    }
    return sum;
  }
}
