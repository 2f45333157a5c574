package tweedie.score;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;

/**
 * A normal distribution N(mu, Sigma), and what is seen of it through noise s: N(mu, V) with V =
 * Sigma + s^2 I.
 *
 * <p>Everything is computed along the axes q_j of Sigma = sum_j lambda_j q_j q_j^T, in which V is
 * diagonal at every s: v_j = lambda_j + s^2. An isotropic Sigma = tau^2 I has any axes, so it needs
 * none.
 */
final class Gaussian implements Serializable {

  private static final long serialVersionUID = 1L;

  /** How far apart, relative to the largest element, mirrored elements may be. */
  private static final double SYMMETRY_TOLERANCE = 1e-9;

  /** Below this share of the largest eigenvalue one is 0 up to rounding. */
  private static final double LEAST_EIGENVALUE_RATIO = 1e-13;

  private final double[] mean;

  /** lambda_j, [d]; isotropic: [1]. */
  private final double[] variances;

  /** q_j row by row, [d, d]; null where isotropic. */
  private final double[] axes;

  private Gaussian(double[] mean, double[] variances, double[] axes) {
    this.mean = mean.clone();
    this.variances = variances;
    this.axes = axes;
  }

  /** N(mean, std^2 I). */
  static Gaussian isotropic(double[] mean, double std) {
    return new Gaussian(mean, new double[] {std * std}, null);
  }

  /**
   * N(mean, covariance).
   *
   * @param covariance [d][d], for which {@link #flaw} finds nothing
   */
  static Gaussian of(double[] mean, double[][] covariance) {
    int d = mean.length;
    EigenDecomposition eigen = new EigenDecomposition(new Array2DRowRealMatrix(covariance));
    double[] axes = new double[d * d];
    for (int j = 0; j < d; j++) {
      System.arraycopy(eigen.getEigenvector(j).toArray(), 0, axes, j * d, d);
    }
    return new Gaussian(mean, eigen.getRealEigenvalues(), axes);
  }

  /**
   * Why a matrix is no covariance of d dimensions, in words that continue "it must"; empty if it is
   * one.
   */
  static String flaw(double[][] matrix, int d) {
    if (matrix.length != d || Arrays.stream(matrix).anyMatch(row -> row.length != d)) {
      return "have %d rows of %d numbers, as the means have %d dimensions".formatted(d, d, d);
    }
    double largest = 0;
    for (double[] row : matrix) {
      for (double value : row) {
        if (!Double.isFinite(value)) {
          return "be finite, not " + value;
        }
        largest = Math.max(largest, Math.abs(value));
      }
    }
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < i; j++) {
        if (Math.abs(matrix[i][j] - matrix[j][i]) > SYMMETRY_TOLERANCE * largest) {
          return "be symmetric: element [%d, %d] is %s, element [%d, %d] is %s"
              .formatted(i, j, matrix[i][j], j, i, matrix[j][i]);
        }
      }
    }
    double[] eigenvalues =
        new EigenDecomposition(new Array2DRowRealMatrix(symmetric(matrix))).getRealEigenvalues();
    double least = Arrays.stream(eigenvalues).min().orElseThrow();
    double most = Arrays.stream(eigenvalues).max().orElseThrow();
    return least > LEAST_EIGENVALUE_RATIO * most
        ? ""
        : "be positive definite: its least eigenvalue is %.3g".formatted(least);
  }

  /** The matrix with rounding between mirrored elements removed. */
  static double[][] symmetric(double[][] matrix) {
    int d = matrix.length;
    double[][] symmetric = new double[d][d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        symmetric[i][j] = (matrix[i][j] + matrix[j][i]) / 2;
      }
    }
    return symmetric;
  }

  int dimension() {
    return mean.length;
  }

  /** mu, [d]; the caller does not change it. */
  double[] mean() {
    return mean;
  }

  /** The trace of Sigma. */
  double totalVariance() {
    return sum(lambda -> lambda);
  }

  /** log N(y; mu, V). */
  double logDensity(double[] y, double s) {
    double logDeterminant = sum(lambda -> Math.log(lambda + s * s));
    return -(mean.length * Math.log(2 * Math.PI) + logDeterminant + squaredRadius(y, s)) / 2;
  }

  /** (y - mu)^T V^-1 (y - mu): its mean over N(mu, V) is d. */
  double squaredRadius(double[] y, double s) {
    double[] z = alongAxes(fromMean(y));
    double sum = 0;
    for (int j = 0; j < z.length; j++) {
      sum += z[j] * z[j] / (lambda(j) + s * s);
    }
    return sum;
  }

  /** The score V^-1 (mu - y), [d]. */
  double[] score(double[] y, double s) {
    return scaledAlongAxes(fromMean(y), lambda -> -1 / (lambda + s * s));
  }

  /** V^-1 v, [d]. */
  double[] precisionTimes(double[] v, double s) {
    return scaledAlongAxes(v, lambda -> 1 / (lambda + s * s));
  }

  /** E[x | y] = mu + Sigma V^-1 (y - mu), [d]. */
  double[] posteriorMean(double[] y, double s) {
    double[] posterior = scaledAlongAxes(fromMean(y), lambda -> lambda / (lambda + s * s));
    for (int j = 0; j < posterior.length; j++) {
      posterior[j] += mean[j];
    }
    return posterior;
  }

  /** Cov(x | y) v = s^2 Sigma V^-1 v, [d]; does not depend on y. */
  double[] posteriorCovarianceTimes(double[] v, double s) {
    return scaledAlongAxes(v, lambda -> s * s * lambda / (lambda + s * s));
  }

  /** The trace of Cov(x | y). */
  double posteriorCovarianceTrace(double s) {
    return sum(lambda -> s * s * lambda / (lambda + s * s));
  }

  /** The trace of V^-1. */
  double precisionTrace(double s) {
    return sum(lambda -> 1 / (lambda + s * s));
  }

  /** A draw of N(mu, Sigma), from d normal numbers. */
  double[] draw(Draws draws) {
    double[] n = new double[mean.length];
    for (int j = 0; j < n.length; j++) {
      n[j] = Math.sqrt(lambda(j)) * draws.gaussian();
    }
    double[] x = fromAxes(n);
    for (int j = 0; j < n.length; j++) {
      x[j] += mean[j];
    }
    return x;
  }

  private double lambda(int j) {
    return variances[axes == null ? 0 : j];
  }

  private double[] fromMean(double[] y) {
    double[] apart = new double[mean.length];
    for (int j = 0; j < apart.length; j++) {
      apart[j] = y[j] - mean[j];
    }
    return apart;
  }

  /** A number for each eigenvalue of Sigma. */
  @FunctionalInterface
  private interface OfVariance {
    double at(double lambda);
  }

  private double sum(OfVariance number) {
    if (axes == null) {
      return mean.length * number.at(lambda(0));
    }
    double sum = 0;
    for (double lambda : variances) {
      sum += number.at(lambda);
    }
    return sum;
  }

  /** sum_j factor(lambda_j) q_j q_j^T v. */
  private double[] scaledAlongAxes(double[] v, OfVariance factor) {
    double[] z = alongAxes(v);
    double[] scaled = new double[z.length];
    for (int j = 0; j < z.length; j++) {
      scaled[j] = factor.at(lambda(j)) * z[j];
    }
    return fromAxes(scaled);
  }

  /** q_j . v for each axis; {@code v} itself where there are none. */
  private double[] alongAxes(double[] v) {
    if (axes == null) {
      return v;
    }
    int d = v.length;
    double[] z = new double[d];
    for (int j = 0; j < d; j++) {
      for (int i = 0; i < d; i++) {
        z[j] += axes[j * d + i] * v[i];
      }
    }
    return z;
  }

  /** sum_j z_j q_j; {@code z} itself where there are no axes. */
  private double[] fromAxes(double[] z) {
    if (axes == null) {
      return z;
    }
    int d = z.length;
    double[] v = new double[d];
    for (int j = 0; j < d; j++) {
      for (int i = 0; i < d; i++) {
        v[i] += axes[j * d + i] * z[j];
      }
    }
    return v;
  }
}
