package tweedie.network;

/**
 * Fourier features of a noisy pixel y, sin(2 pi f y) and cos(2 pi f y) for each frequency f (Kingma
 * et al. 2021, arXiv 2107.00630, appendix C), by which a network tells values apart that differ by
 * far less than the spread of the data: at small noise the next rounding level of an 8-bit pixel.
 *
 * <p>A feature is multiplied by exp(-(2 pi f s)^2 / 2), which is what the noise leaves of it in the
 * mean: a wave that is much shorter than the noise says nothing about the clean pixel and would
 * only be noise to the network.
 */
final class PixelWaves {

  /** Features that are smaller than this at a noise level are 0 there. */
  private static final double NEGLIGIBLE = 1e-6;

  private final double[] angular;

  PixelWaves(NetworkSettings settings) {
    this.angular = settings.pixelFrequencies().stream().mapToDouble(f -> 2 * Math.PI * f).toArray();
  }

  /** Number of features of a pixel: two for each frequency. */
  int count() {
    return 2 * angular.length;
  }

  /** What remains of each frequency at this noise of an image, [frequencies]. */
  double[] amplitudes(double noise) {
    double[] amplitudes = new double[angular.length];
    for (int f = 0; f < angular.length; f++) {
      double phase = angular[f] * noise;
      double left = Math.exp(-phase * phase / 2);
      amplitudes[f] = left < NEGLIGIBLE ? 0 : left;
    }
    return amplitudes;
  }

  /** Feature {@code wave} of pixel y: the sines of all frequencies in turn with the cosines. */
  double value(int wave, double y, double[] amplitudes) {
    int f = wave / 2;
    if (amplitudes[f] == 0) {
      return 0;
    }
    double angle = angular[f] * y;
    return amplitudes[f] * (wave % 2 == 0 ? Math.sin(angle) : Math.cos(angle));
  }

  /** The derivative of {@link #value} with respect to y. */
  double derivative(int wave, double y, double[] amplitudes) {
    int f = wave / 2;
    if (amplitudes[f] == 0) {
      return 0;
    }
    double angle = angular[f] * y;
    return amplitudes[f] * angular[f] * (wave % 2 == 0 ? Math.cos(angle) : -Math.sin(angle));
  }
}
