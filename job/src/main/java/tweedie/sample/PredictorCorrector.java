package tweedie.sample;

import tweedie.score.Denoiser;

/**
 * Predictor-corrector sampling of the variance-exploding SDE (Song et al. 2021, arXiv 2011.13456,
 * algorithm 2): at every level Langevin steps correct the noise, then a step of the reverse
 * diffusion predicts the next level s', x += (s^2 - s'^2) grad log p_s(x) + sqrt(s^2 - s'^2) z. The
 * last step goes to 0 without noise, which is the jump to D.
 *
 * <p>The paper's corrector has the step h = 2 (r |z| / |score|)^2. Here the norms are those that
 * noise has in expectation, |z| = sqrt(d) and |score| = sqrt(d) / s, so h = 2 r^2 s^2. The authors'
 * code averages the norms over the batch, which couples its images; norms of each chain alone make
 * the step depend on where the chain is, which on a Gaussian settles at (d + 2) / d times the
 * variance.
 *
 * @param start where chains begin; its noise is normally the first level
 * @param levels the noise levels
 * @param snr the corrector's ratio of signal to noise r, 0 &lt; r &lt; 1; the paper takes 0.16 for
 *     CIFAR-10
 * @param correctorSteps Langevin steps at every level, at least 0
 */
public record PredictorCorrector(
    ChainStart start, NoiseLevels levels, double snr, int correctorSteps) implements Sampler {

  /**
   * @throws IllegalArgumentException if the corrector is unstable or its number of steps negative
   */
  public PredictorCorrector {
    if (!(snr > 0 && snr < 1)) {
      throw new IllegalArgumentException(
          "The corrector's ratio of signal to noise must be between 0 and 1 to be stable, not "
              + snr);
    }
    if (correctorSteps < 0) {
      throw new IllegalArgumentException(
          "The number of corrector steps must be at least 0, not " + correctorSteps);
    }
  }

  @Override
  public Samples sample(Denoiser denoiser, long seed, long[] chains, LevelObserver observer) {
    ChainBatch batch = new ChainBatch(denoiser, start, seed, chains);
    int last = levels.count() - 1;
    long step = 0;
    for (int level = 0; level <= last; level++) {
      double s = levels.at(level);
      for (int t = 0; t < correctorSteps; t++) {
        double h = 2 * snr * snr * s * s;
        batch.move(AnnealedLangevin.step(batch.x(), batch.score(s), h, batch.noise(++step)));
      }
      if (level < last) {
        double next = levels.at(level + 1);
        batch.move(predict(batch.x(), batch.score(s), s, next, batch.noise(++step)));
      } else {
        batch.move(batch.denoise(batch.x(), s));
      }
      batch.levelDone(level, s, observer);
    }
    return batch.samples();
  }

  /**
   * Of what the predictor sees: after it, a point's noise is over by s^2 / s'^2 + s'^2 / s^2 - 2.
   */
  @Override
  public double[] predictedVarianceRatios() {
    double[] ratios = new double[levels.count()];
    double arriving = start.noise() / levels.at(0);
    for (int level = 0; level < ratios.length; level++) {
      ratios[level] = AnnealedLangevin.varianceRatio(arriving, 2 * snr * snr, correctorSteps);
      if (level + 1 < ratios.length) {
        double shrink = Math.pow(levels.at(level + 1) / levels.at(level), 2);
        arriving = Math.sqrt(shrink * ratios[level] + 1 / shrink - 1);
      }
    }
    return ratios;
  }

  @Override
  public int calls() {
    return levels.count() * (correctorSteps + 1);
  }

  @Override
  public String description() {
    return Words.of(
        "predictor-corrector: %s, %d corrector steps of signal to noise %.4g at each",
        levels, correctorSteps, snr);
  }

  /** A step of the reverse diffusion, x + (s^2 - next^2) score + sqrt(s^2 - next^2) z. */
  static double[] predict(double[] x, double[] score, double s, double next, double[] z) {
    double removed = s * s - next * next;
    double[] moved = new double[x.length];
    for (int j = 0; j < x.length; j++) {
      moved[j] = x[j] + removed * score[j] + Math.sqrt(removed) * z[j];
    }
    return moved;
  }
}
