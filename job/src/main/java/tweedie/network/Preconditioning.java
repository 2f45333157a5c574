package tweedie.network;

/**
 * The numbers around the raw network F at one noise level: D = mean + cSkip (ybar - mean) + cOut
 * F(cIn (y - mean), cNoise).
 *
 * <p>With the output {@link NetworkSettings.Output#DENOISER} they are EDM's (Karras et al. 2022,
 * arXiv 2206.00364, table 1, with s for sigma): F has inputs and targets of unit variance at every
 * noise level. With {@link NetworkSettings.Output#SCORE} F is s times the marginal score (Song et
 * al. 2021, arXiv 2011.13456: the network divided by its noise), so D = ybar + s^2 F / s.
 *
 * @param cSkip how much of the mean of the copies passes by the network
 * @param cOut scale of the network's output
 * @param cIn scale of the network's input: 1 over the standard deviation of a noisy pixel that it
 *     sees
 * @param cNoise what the network is told about the noise level, ln(s) / 4
 */
record Preconditioning(double cSkip, double cOut, double cIn, double cNoise) {

  static Preconditioning at(NetworkSettings settings, double s) {
    double sd = settings.dataStd();
    double cIn = 1 / Math.hypot(sd, settings.noiseSeen(s));
    double cNoise = Math.log(s) / 4;
    return switch (settings.output()) {
      case DENOISER ->
          new Preconditioning(sd * sd / (s * s + sd * sd), s * sd / Math.hypot(s, sd), cIn, cNoise);
      case SCORE -> new Preconditioning(1, s, cIn, cNoise);
    };
  }
}
