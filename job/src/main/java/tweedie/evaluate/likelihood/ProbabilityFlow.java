package tweedie.evaluate.likelihood;

import java.util.Arrays;
import java.util.Locale;
import tweedie.score.DifferentiableDenoiser;

/**
 * The probability-flow ODE of the variance-exploding SDE, dy / d ln s = y - D(y, s) (Song et al.
 * 2021, arXiv 2011.13456, equation 13), for n images at once, with the change of the density along
 * it, d log p_s(y) / d ln s = -(d - tr dD/dy) (arXiv 2011.13456, section 4.3).
 *
 * <p>It is written for z = (y - mean) / c with c = sqrt(s^2 + scale^2), as a function of the time u
 * = ln(s / (s + scale)):
 *
 * <pre>
 *   dz / d ln s          = (k (y - mean) - (D - mean)) / c,   k = scale^2 / c^2
 *   log p_s(y)           = log p(z) - d ln c
 *   d log p(z) / d ln s  = tr dD/dy - d k
 *   d ln s / du          = (s + scale) / scale
 * </pre>
 *
 * <p>For normal data of that mean and variance scale^2 nothing moves and nothing changes; any other
 * data move at a rate that stays bounded at both ends: between small noise, where u is ln s, and
 * large noise, where steps of u grow longer.
 */
final class ProbabilityFlow {

  private final DifferentiableDenoiser denoiser;
  private final double[] mean;
  private final double scale;
  private final double[][] vectors;
  private final int estimates;
  private final int n;
  private final double[] y;
  private final double[] s;
  private final double[] denoised;
  private final double[][] products;
  private long calls;

  /**
   * For the denoiser D, a function of y and s alone, about the mean [d]; the density does not
   * depend on the scale, about the standard deviation of the data. Of the vectors [v][n, d] come 1
   * or v estimates of the trace.
   */
  ProbabilityFlow(
      DifferentiableDenoiser denoiser,
      double[] mean,
      double scale,
      double[][] vectors,
      int estimates) {
    this(denoiser, mean, scale, vectors, estimates, vectors[0].length / mean.length);
  }

  /** The same for n images without their density: the state is z alone, [n, d]. */
  ProbabilityFlow(DifferentiableDenoiser denoiser, double[] mean, double scale, int n) {
    this(denoiser, mean, scale, new double[0][], 0, n);
  }

  private ProbabilityFlow(
      DifferentiableDenoiser denoiser,
      double[] mean,
      double scale,
      double[][] vectors,
      int estimates,
      int n) {
    this.denoiser = denoiser;
    this.mean = mean;
    this.scale = scale;
    this.vectors = vectors;
    this.estimates = estimates;
    this.n = n;
    this.y = new double[n * mean.length];
    this.s = new double[n];
    this.denoised = new double[y.length];
    this.products = new double[vectors.length][y.length];
  }

  /** Number of pixels d. */
  int dimension() {
    return mean.length;
  }

  /** Length of the state: for each image z, [d], and the changes of log p(z), [estimates]. */
  int stateLength() {
    return n * rowLength();
  }

  private int rowLength() {
    return mean.length + estimates;
  }

  /** Calls of the denoiser so far. */
  long calls() {
    return calls;
  }

  double time(double noise) {
    return -Math.log1p(scale / noise);
  }

  private double noise(double time) {
    return scale * Math.exp(time) / -Math.expm1(time);
  }

  private double width(double noise) {
    return Math.hypot(noise, scale);
  }

  /** The state of images [n, d] at a noise, with no change of the density yet. */
  double[] state(double[] images, double noise) {
    int d = mean.length;
    double[] state = new double[stateLength()];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        state[i * rowLength() + j] = (images[i * d + j] - mean[j]) / width(noise);
      }
    }
    return state;
  }

  /** The images of a state, [n, d]. */
  double[] images(double[] state, double noise) {
    double[] images = new double[y.length];
    read(state, noise, images);
    return images;
  }

  /** log p at the beginning minus that at the end, for estimate e of image i of the end's state. */
  double gain(double[] state, double from, double to, int i, int e) {
    return mean.length * Math.log(width(to) / width(from))
        - state[i * rowLength() + mean.length + e];
  }

  /**
   * The derivative of the state with respect to the time.
   *
   * @throws NotFiniteException if it is not finite
   */
  void slope(double time, double[] state, double[] slope) {
    int d = mean.length;
    double noise = noise(time);
    double c = width(noise);
    double k = scale * scale / (c * c);
    double rate = (noise + scale) / scale;
    read(state, noise, y);
    Arrays.fill(s, noise);
    if (vectors.length == 0) { // and no need of the Jacobian
      denoiser.denoise(y, s, denoised);
    } else {
      denoiser.denoise(y, s, denoised, vectors, products);
    }
    calls++;
    int perEstimate = vectors.length / Math.max(1, estimates);
    for (int i = 0; i < n; i++) {
      int row = i * rowLength();
      for (int j = 0; j < d; j++) {
        int pixel = i * d + j;
        slope[row + j] = rate / c * (k * (y[pixel] - mean[j]) - (denoised[pixel] - mean[j]));
      }
      for (int e = 0; e < estimates; e++) {
        double trace = 0;
        for (int v = e * perEstimate; v < (e + 1) * perEstimate; v++) {
          for (int j = i * d; j < (i + 1) * d; j++) {
            trace += vectors[v][j] * (products[v][j] - k * vectors[v][j]);
          }
        }
        slope[row + d + e] = rate * trace;
      }
      for (int j = row; j < row + rowLength(); j++) {
        if (!Double.isFinite(slope[j])) {
          throw new NotFiniteException(i, noise);
        }
      }
    }
  }

  private void read(double[] state, double noise, double[] images) {
    int d = mean.length;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        images[i * d + j] = mean[j] + width(noise) * state[i * rowLength() + j];
      }
    }
  }

  /** The denoiser returned something that is not a finite number. */
  static final class NotFiniteException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    final int row;
    final double noise;

    NotFiniteException(int row, double noise) {
      super("Row %d is not finite at noise %.4g".formatted(row, noise));
      this.row = row;
      this.noise = noise;
    }

    /** The same for a person who knows the images by these numbers. */
    IllegalStateException of(long[] ids) {
      return new IllegalStateException(
          String.format(
              Locale.ROOT, "The flow of image %d is not finite at noise %.4g", ids[row], noise),
          this);
    }
  }
}
