package tweedie.network;

import java.util.Arrays;

/**
 * What a network's operations are given of its rows [y_1, .., y_k, s, ..], and the way back of
 * their gradient to the images.
 *
 * <p>At each position of the input (a pixel; of an {@link NetworkSettings.Kind#MLP}, the whole
 * image) stand cIn (y - mean) of the k images one after the other, then their {@link PixelWaves},
 * then a one.
 */
final class NetworkInput {

  private static final int ONES = 1;

  private final NetworkSettings settings;
  private final PixelWaves waves;

  NetworkInput(NetworkSettings settings) {
    this.settings = settings;
    this.waves = new PixelWaves(settings);
  }

  /** Numbers at one position. */
  int perPosition() {
    return settings.images() * valuesPerPosition() * (1 + waves.count()) + ONES;
  }

  /** Values of one image that stand at one position: a pixel's channels, or all. */
  private int valuesPerPosition() {
    return settings.kind() == NetworkSettings.Kind.MLP
        ? settings.shape().dimension()
        : settings.shape().channels();
  }

  /** The input of n rows, [n, positions, {@link #perPosition}]. */
  float[] of(float[] rows, Preconditioning[] preconditioning) {
    int n = preconditioning.length;
    int d = settings.shape().dimension();
    float mean = (float) settings.dataMean();
    float[] scaled = new float[n * (d / valuesPerPosition()) * perPosition()];
    Arrays.fill(scaled, 1);
    for (int i = 0; i < n; i++) {
      float cIn = (float) preconditioning[i].cIn();
      double[] amplitudes = amplitudes(rows, i);
      for (int image = 0; image < settings.images(); image++) {
        int from = i * settings.rowLength() + image * d;
        for (int j = 0; j < d; j++) {
          float y = rows[from + j];
          scaled[index(i, image, j, 0)] = cIn * (y - mean);
          for (int wave = 0; wave < waves.count(); wave++) {
            scaled[index(i, image, j, 1 + wave)] = (float) waves.value(wave, y, amplitudes);
          }
        }
      }
    }
    return scaled;
  }

  /**
   * The gradient with respect to the images of n rows, [n, k d].
   *
   * @param ofOutput the gradient with respect to D, [n, d]: a part of the images passes by the
   *     operations
   * @param ofInput the gradient with respect to {@link #of}
   */
  float[] gradient(
      float[] rows, Preconditioning[] preconditioning, float[] ofOutput, float[] ofInput) {
    int n = preconditioning.length;
    int d = settings.shape().dimension();
    int k = settings.images();
    float[] result = new float[n * k * d];
    for (int i = 0; i < n; i++) {
      float cIn = (float) preconditioning[i].cIn();
      float cSkip = (float) preconditioning[i].cSkip() / k;
      double[] amplitudes = amplitudes(rows, i);
      for (int image = 0; image < k; image++) {
        for (int j = 0; j < d; j++) {
          float y = rows[i * settings.rowLength() + image * d + j];
          double sum = cSkip * ofOutput[i * d + j] + cIn * ofInput[index(i, image, j, 0)];
          for (int wave = 0; wave < waves.count(); wave++) {
            sum += waves.derivative(wave, y, amplitudes) * ofInput[index(i, image, j, 1 + wave)];
          }
          result[(i * k + image) * d + j] = (float) sum;
        }
      }
    }
    return result;
  }

  private double[] amplitudes(float[] rows, int i) {
    return waves.amplitudes(
        settings.noiseSeen(rows[i * settings.rowLength() + settings.noiseAt()]));
  }

  /**
   * Where value j of an image of row i stands.
   *
   * @param feature 0 for the value itself, 1 + w for its wave w
   */
  private int index(int i, int image, int j, int feature) {
    int values = valuesPerPosition();
    int position = i * (settings.shape().dimension() / values) + j / values;
    return position * perPosition() + (feature * settings.images() + image) * values + j % values;
  }
}
