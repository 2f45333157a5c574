package tweedie.score;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import tweedie.score.Draws.Purpose;

/**
 * A mixture of K Gaussians sum_k w_k N(mu_k, Sigma_k), isotropic (Sigma_k = tau_k^2 I) or with full
 * covariances: a distribution whose posterior mean, density and scores are known in closed form at
 * every noise level.
 *
 * <p>With noise s, component k of the noisy density p_s has the covariance V_k = Sigma_k + s^2 I
 * and the responsibility r_k(y) = w_k N(y; mu_k, V_k) / p_s(y), computed by log-sum-exp. Everything
 * is in double precision, in the scale of the data, without state: any number of threads may use
 * it. A call costs of the order of K d operations where isotropic, K d^2 otherwise.
 */
public final class GaussianMixture implements DifferentiableDenoiser, Serializable {

  private static final long serialVersionUID = 2L;
  private static final double WEIGHT_SUM_TOLERANCE = 1e-9;

  private final double[] weights;
  private final Gaussian[] components;

  private GaussianMixture(double[] weights, Gaussian[] components) {
    this.weights = weights.clone();
    this.components = components;
  }

  /**
   * A mixture of isotropic components N(mu_k, tau_k^2 I).
   *
   * @param weights w, [K], at least 0, with sum 1 (within 1e-9)
   * @param means mu, [K][d]
   * @param stds tau, [K], &gt; 0
   * @throws IllegalArgumentException if the sizes do not agree or a value is out of range
   */
  public GaussianMixture(double[] weights, double[][] means, double[] stds) {
    this(weights, isotropic(weights, means, stds));
  }

  private static Gaussian[] isotropic(double[] weights, double[][] means, double[] stds) {
    check(weights, means, stds.length, "stds");
    return IntStream.range(0, stds.length)
        .mapToObj(
            k -> {
              if (!(stds[k] > 0) || Double.isInfinite(stds[k])) {
                throw new IllegalArgumentException(
                    "Std " + k + " of the mixture must be a positive number, not " + stds[k]);
              }
              return Gaussian.isotropic(means[k], stds[k]);
            })
        .toArray(Gaussian[]::new);
  }

  /**
   * A mixture of components N(mu_k, Sigma_k).
   *
   * @param weights w, [K], at least 0, with sum 1 (within 1e-9)
   * @param means mu, [K][d]
   * @param covariances Sigma, [K][d][d], symmetric and positive definite
   * @throws IllegalArgumentException if the sizes do not agree or a value is out of range
   */
  public static GaussianMixture ofCovariances(
      double[] weights, double[][] means, double[][][] covariances) {
    check(weights, means, covariances.length, "covariances");
    Gaussian[] components = new Gaussian[weights.length];
    for (int k = 0; k < components.length; k++) {
      String flaw = covarianceFlaw(covariances[k], means[k].length);
      if (!flaw.isEmpty()) {
        throw new IllegalArgumentException("Covariance " + k + " of the mixture must " + flaw);
      }
      components[k] = Gaussian.of(means[k], Gaussian.symmetric(covariances[k]));
    }
    return new GaussianMixture(weights, components);
  }

  /**
   * Why a matrix cannot be a covariance of d dimensions, in words that continue "it must"; empty if
   * it can.
   */
  public static String covarianceFlaw(double[][] matrix, int d) {
    return Gaussian.flaw(matrix, d);
  }

  private static void check(double[] weights, double[][] means, int spreads, String named) {
    int count = weights.length;
    if (count == 0 || means.length != count || spreads != count) {
      throw new IllegalArgumentException(
          "A mixture needs as many means and %s as weights, at least one of each, not %d weights, %d means and %d %s"
              .formatted(named, count, means.length, spreads, named));
    }
    double sum = 0;
    for (int k = 0; k < count; k++) {
      if (!(weights[k] >= 0)) {
        throw new IllegalArgumentException(
            "Weight " + k + " of the mixture must be at least 0, not " + weights[k]);
      }
      if (means[k].length == 0 || means[k].length != means[0].length) {
        throw new IllegalArgumentException(
            "Mean %d of the mixture has %d dimensions, mean 0 has %d; they must agree and be at least 1"
                .formatted(k, means[k].length, means[0].length));
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
  }

  @Override
  public int dimension() {
    return components[0].dimension();
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
    return components[k].mean().clone();
  }

  /** Component k by itself. */
  public GaussianMixture alone(int k) {
    return new GaussianMixture(new double[] {1}, new Gaussian[] {components[k]});
  }

  /** The mean of the mixture, sum_k w_k mu_k, [d]. */
  public double[] mean() {
    double[] mean = new double[dimension()];
    for (int k = 0; k < weights.length; k++) {
      Vectors.addScaled(mean, weights[k], components[k].mean());
    }
    return mean;
  }

  /**
   * Root mean square over the dimensions of the standard deviation of component k; tau_k where it
   * is isotropic.
   */
  public double std(int k) {
    return Math.sqrt(components[k].totalVariance() / dimension());
  }

  /** The trace of the covariance of the mixture: what is left of E|x|^2 about the mean. */
  public double totalVariance() {
    double[] mean = mean();
    double sum = 0;
    for (int k = 0; k < weights.length; k++) {
      sum +=
          weights[k]
              * (components[k].totalVariance()
                  + Vectors.squaredDistance(components[k].mean(), mean));
    }
    return sum;
  }

  /**
   * The squared distance of x to the mean of component k in units of its spread, (x - mu_k)^T
   * Sigma_k^-1 (x - mu_k): d in the mean over the component.
   *
   * @param x one point, [d]
   */
  public double squaredRadius(int k, double[] x) {
    return components[k].squaredRadius(x, 0);
  }

  /**
   * E[x | y] = sum_k r_k m_k with the posterior means m_k = mu_k + Sigma_k V_k^-1 (y - mu_k) of the
   * components.
   */
  @Override
  public void denoise(double[] y, double[] s, double[] out) {
    int d = dimension();
    for (int i = 0; i < s.length; i++) {
      double[] denoised = denoised(Arrays.copyOfRange(y, i * d, (i + 1) * d), s[i]);
      System.arraycopy(denoised, 0, out, i * d, d);
    }
  }

  /**
   * The product of the denoiser's Jacobian with a vector, dE[x | y]/dy v = Cov(x | y) v / s^2, for
   * n images. The Jacobian is symmetric.
   *
   * @param y means of the copies, [n, d] row by row
   * @param s noise standard deviation of each mean, [n], each &gt; 0
   * @param v vectors, [n, d]
   * @param out receives the products, [n, d]; may be {@code v} itself
   */
  public void jacobianTimes(double[] y, double[] s, double[] v, double[] out) {
    int d = dimension();
    for (int i = 0; i < s.length; i++) {
      double[] row = Arrays.copyOfRange(y, i * d, (i + 1) * d);
      double[] vector = Arrays.copyOfRange(v, i * d, (i + 1) * d);
      double[] product = posteriorCovarianceTimes(row, s[i], vector);
      for (int j = 0; j < d; j++) {
        out[i * d + j] = product[j] / (s[i] * s[i]);
      }
    }
  }

  @Override
  public void denoise(
      double[] y, double[] s, double[] out, double[][] vectors, double[][] products) {
    denoise(y, s, out);
    for (int p = 0; p < vectors.length; p++) {
      jacobianTimes(y, s, vectors[p], products[p]);
    }
  }

  /**
   * log p_s(y) in nats, p_s = sum_k w_k N(mu_k, V_k).
   *
   * @param y one point, [d]
   * @param s noise standard deviation, at least 0; 0 is the density of the data
   */
  public double logDensity(double[] y, double s) {
    return logSum(logTerms(y, s));
  }

  /**
   * The marginal score grad log p_s(y) = sum_k r_k V_k^-1 (mu_k - y).
   *
   * @param y one point, [d]
   * @param s noise standard deviation, at least 0
   * @return [d]
   */
  public double[] marginalScore(double[] y, double s) {
    double[] r = responsibilities(y, s);
    double[] score = new double[y.length];
    for (int k = 0; k < r.length; k++) {
      Vectors.addScaled(score, r[k], components[k].score(y, s));
    }
    return score;
  }

  /**
   * The product of the Jacobian of the marginal score with a vector, sum_k r_k (a_k a_k^T - V_k^-1)
   * v - score score^T v with a_k = V_k^-1 (mu_k - y). The Jacobian is the Hessian of log p_s, so it
   * is symmetric.
   *
   * @param y one point, [d]
   * @param s noise standard deviation, at least 0
   * @param v [d]
   * @return [d]
   */
  public double[] marginalScoreJacobianTimes(double[] y, double s, double[] v) {
    double[] r = responsibilities(y, s);
    double[][] pulls = pulls(y, s);
    double[] score = Vectors.weighted(r, pulls);
    double[] product = new double[y.length];
    for (int k = 0; k < r.length; k++) {
      // sum_k r_k a_k a_k^T - score score^T, without its cancellation
      double[] apart = Vectors.difference(pulls[k], score);
      Vectors.addScaled(product, r[k] * Vectors.dot(apart, v), apart);
      Vectors.addScaled(product, -r[k], components[k].precisionTimes(v, s));
    }
    return product;
  }

  /**
   * The Jacobian of the marginal score, see {@link #marginalScoreJacobianTimes}.
   *
   * @param y one point, [d]
   * @param s noise standard deviation, at least 0
   * @return [d, d], symmetric
   */
  public double[] marginalScoreJacobian(double[] y, double s) {
    return matrix(y.length, v -> marginalScoreJacobianTimes(y, s, v));
  }

  /**
   * The divergence of the marginal score, the trace of its Jacobian: sum_k r_k (|a_k|^2 - tr
   * V_k^-1) - |score|^2.
   *
   * @param y one point, [d]
   * @param s noise standard deviation, at least 0
   */
  public double marginalScoreDivergence(double[] y, double s) {
    double[] r = responsibilities(y, s);
    double[][] pulls = pulls(y, s);
    double[] score = Vectors.weighted(r, pulls);
    double divergence = 0;
    for (int k = 0; k < r.length; k++) {
      divergence +=
          r[k] * (Vectors.squaredDistance(pulls[k], score) - components[k].precisionTrace(s));
    }
    return divergence;
  }

  /**
   * Cov(x | y) = sum_k r_k (C_k + (m_k - D)(m_k - D)^T), D = E[x | y], with the posterior means m_k
   * and covariances C_k of the components. It is s^2 times the Jacobian of the denoiser.
   *
   * @param y one point, [d]
   * @param s noise standard deviation, &gt; 0
   * @return [d, d], symmetric
   */
  public double[] posteriorCovariance(double[] y, double s) {
    return matrix(y.length, v -> posteriorCovarianceTimes(y, s, v));
  }

  /**
   * The trace of Cov(x | y), sum_k r_k (tr C_k + |m_k - D|^2), D = E[x | y]. Its mean over y is the
   * smallest possible squared error of a denoiser.
   *
   * @param y one point, [d]
   * @param s noise standard deviation, &gt; 0
   */
  public double posteriorCovarianceTrace(double[] y, double s) {
    double[] r = responsibilities(y, s);
    double[][] posteriors = posteriorMeans(y, s);
    double[] denoised = Vectors.weighted(r, posteriors);
    double trace = 0;
    for (int k = 0; k < r.length; k++) {
      trace +=
          r[k]
              * (components[k].posteriorCovarianceTrace(s)
                  + Vectors.squaredDistance(posteriors[k], denoised));
    }
    return trace;
  }

  private double[] posteriorCovarianceTimes(double[] y, double s, double[] v) {
    double[] r = responsibilities(y, s);
    double[][] posteriors = posteriorMeans(y, s);
    double[] denoised = Vectors.weighted(r, posteriors);
    double[] product = new double[y.length];
    for (int k = 0; k < r.length; k++) {
      double[] apart = Vectors.difference(posteriors[k], denoised);
      Vectors.addScaled(product, r[k] * Vectors.dot(apart, v), apart);
      Vectors.addScaled(product, r[k], components[k].posteriorCovarianceTimes(v, s));
    }
    return product;
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
      System.arraycopy(draw(seed, ids[i]).image(), 0, images, i * d, d);
    }
    return images;
  }

  /**
   * An exact draw.
   *
   * @param component it comes from
   * @param image [d]
   */
  public record Drawn(int component, double[] image) {}

  /** Exact draw number {@code id}. */
  public Drawn draw(long seed, long id) {
    Draws draws = Draws.of(seed, Purpose.ORACLE, id, 0);
    int k = component(draws.uniform());
    return new Drawn(k, components[k].draw(draws));
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

  /**
   * The posterior probability r_k = w_k N(y; mu_k, V_k) / p_s(y) of each component.
   *
   * @param y one point, [d]
   * @param s noise standard deviation, at least 0
   * @return [K], with sum 1
   */
  public double[] responsibilities(double[] y, double s) {
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

  private double[] denoised(double[] y, double s) {
    double[] r = responsibilities(y, s);
    double[] denoised = new double[y.length];
    for (int k = 0; k < r.length; k++) {
      Vectors.addScaled(denoised, r[k], components[k].posteriorMean(y, s));
    }
    return denoised;
  }

  /** a_k = V_k^-1 (mu_k - y). */
  private double[][] pulls(double[] y, double s) {
    return Arrays.stream(components).map(one -> one.score(y, s)).toArray(double[][]::new);
  }

  private double[][] posteriorMeans(double[] y, double s) {
    return Arrays.stream(components).map(one -> one.posteriorMean(y, s)).toArray(double[][]::new);
  }

  /** log(w_k N(y; mu_k, V_k)). */
  private double[] logTerms(double[] y, double s) {
    double[] terms = new double[weights.length];
    for (int k = 0; k < terms.length; k++) {
      terms[k] = Math.log(weights[k]) + components[k].logDensity(y, s);
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

  private interface Product {
    double[] with(double[] v);
  }

  /** The symmetric matrix [d, d] whose products with the unit vectors are its rows. */
  private static double[] matrix(int d, Product product) {
    double[] matrix = new double[d * d];
    for (int i = 0; i < d; i++) {
      double[] unit = new double[d];
      unit[i] = 1;
      System.arraycopy(product.with(unit), 0, matrix, i * d, d);
    }
    return matrix;
  }
}
