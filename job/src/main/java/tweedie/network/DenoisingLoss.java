package tweedie.network;

import tweedie.score.CopyNoise;
import tweedie.score.Draws;
import tweedie.score.Weighting;

/**
 * The loss of a denoiser on an image x of d pixels, from its noise to its gradient:
 *
 * <pre>
 *     y_i = x + sigma n_i                                               m copies, s = sigma / sqrt(m)
 *     D   = mean + cSkip (ybar - mean) + cOut F(cIn (y - mean), cNoise)   {@link Preconditioning} at s
 *     L   = w(s) |D - x|^2 / d
 * </pre>
 *
 * <p>Minibatches are n rows of a {@link Network}, and n labels [x, w].
 *
 * @param weighting w
 */
public record DenoisingLoss(NetworkSettings network, Weighting weighting) {

  /**
   * Writes the row of x from {@code at} on: its copies where the network sees them, or their mean,
   * which is x + s n.
   *
   * @param of the class that the network is told, if it knows classes
   */
  public void noisyRow(float[] x, CopyNoise noise, int of, Draws draws, float[] rows, int at) {
    int d = x.length;
    double seen = network.input() == NetworkSettings.Input.STACKED ? noise.sigma() : noise.s();
    for (int i = 0; i < network.images(); i++) {
      for (int j = 0; j < d; j++) {
        rows[at + i * d + j] = (float) (x[j] + seen * draws.gaussian());
      }
    }
    rows[at + network.noiseAt()] = (float) noise.s();
    if (network.classes() > 0) {
      rows[at + network.noiseAt() + 1] = of;
    }
  }

  /** Writes the label of x from {@code at} on. */
  public void label(float[] x, CopyNoise noise, float[] labels, int at) {
    System.arraycopy(x, 0, labels, at, x.length);
    labels[at + x.length] = (float) weight(noise.s());
  }

  /** The weight w(s) of the squared error at the noise s of the mean of the copies. */
  public double weight(double s) {
    return weighting.at(s, network.dataStd());
  }

  /** w |D - x|^2 / d of each row, [n]; the gradient of their sum goes back through the network. */
  static double[] backward(Network network, float[] rows, float[] labels, int n) {
    int d = labels.length / n - 1;
    float[] denoised = new float[n * d];
    network.forward(rows, n, denoised);
    double[] losses = new double[n];
    float[] gradient = new float[n * d];
    for (int i = 0; i < n; i++) {
      double weight = labels[i * (d + 1) + d] / d;
      losses[i] = weight * squaredError(denoised, labels, i, d);
      for (int j = 0; j < d; j++) {
        gradient[i * d + j] = (float) (2 * weight * error(denoised, labels, i, j, d));
      }
    }
    network.backward(gradient, n);
    return losses;
  }

  /** |D - x|^2 of each row, [n]. */
  public static double[] squaredErrors(Network network, float[] rows, float[] labels, int n) {
    int d = labels.length / n - 1;
    float[] denoised = new float[n * d];
    network.denoise(rows, n, denoised);
    double[] squared = new double[n];
    for (int i = 0; i < n; i++) {
      squared[i] = squaredError(denoised, labels, i, d);
    }
    return squared;
  }

  private static double squaredError(float[] denoised, float[] labels, int i, int d) {
    double squared = 0;
    for (int j = 0; j < d; j++) {
      double error = error(denoised, labels, i, j, d);
      squared += error * error;
    }
    return squared;
  }

  /** D - x of pixel j of row i. */
  private static float error(float[] denoised, float[] labels, int i, int j, int d) {
    return denoised[i * d + j] - labels[i * (d + 1) + j];
  }
}
