package tweedie.network;

import tweedie.score.Draws;

/**
 * Gaussian Fourier features of the noise, sqrt(2) cos(2 pi (f cNoise + phase)) (arXiv 2006.10739).
 * They are part of the architecture, not of the run: the same in every network of this size.
 *
 * @param frequencies f, [embedding]
 * @param phases [embedding]
 */
record NoiseFeatures(float[] frequencies, float[] phases) {

  /** So many of them. */
  static NoiseFeatures of(int embedding) {
    Draws draws = Draws.of(0, Draws.Purpose.WEIGHTS, -1, embedding);
    float[] frequencies = new float[embedding];
    float[] phases = new float[embedding];
    for (int i = 0; i < embedding; i++) {
      frequencies[i] = (float) draws.gaussian();
      phases[i] = (float) draws.uniform();
    }
    return new NoiseFeatures(frequencies, phases);
  }

  /** Those of n rows, [n, embedding]. */
  float[] of(Preconditioning[] preconditioning) {
    int count = frequencies.length;
    float[] features = new float[preconditioning.length * count];
    for (int at = 0; at < features.length; at++) {
      double cNoise = preconditioning[at / count].cNoise();
      int i = at % count;
      features[at] =
          (float) (Math.sqrt(2) * Math.cos(2 * Math.PI * (frequencies[i] * cNoise + phases[i])));
    }
    return features;
  }
}
