package tweedie.sample;

import tweedie.score.Denoiser;
import tweedie.score.Vectors;

/**
 * Heun's method on the probability-flow ODE dx/ds = (x - D(x, s)) / s (Karras et al. 2022, arXiv
 * 2206.00364): without churn no noise after the start (algorithm 1), with churn fresh noise before
 * every step (algorithm 2); 2 L - 1 calls of the denoiser.
 *
 * @param start where chains begin; its noise is normally the first level
 * @param levels the noise levels; after the last one follows noise 0. The paper takes {@link
 *     NoiseLevels#karras} with rho 7
 * @param churn the noise added before a step
 */
public record Heun(ChainStart start, NoiseLevels levels, Churn churn) implements Sampler {

  /** The deterministic method. */
  public Heun(ChainStart start, NoiseLevels levels) {
    this(start, levels, Churn.NONE);
  }

  @Override
  public Samples sample(Denoiser denoiser, long seed, long[] chains, LevelObserver observer) {
    ChainBatch batch = new ChainBatch(denoiser, start, seed, chains);
    for (int level = 0; level < levels.count() - 1; level++) {
      double s = churned(batch, level);
      double next = levels.at(level + 1);
      double[] x = batch.x();
      double[] slope = slope(x, batch.denoise(x, s), s);
      batch.move(Vectors.along(x, next - s, slope));
      double[] nextSlope = slope(batch.x(), batch.denoise(batch.x(), next), next);
      batch.move(Vectors.along(Vectors.along(x, (next - s) / 2, slope), (next - s) / 2, nextSlope));
      batch.levelDone(level, levels.at(level), observer);
    }
    // an Euler step from s to 0, x - s (x - D) / s, is the jump to D
    int last = levels.count() - 1;
    double s = churned(batch, last);
    batch.move(batch.denoise(batch.x(), s));
    batch.levelDone(last, levels.at(last), observer);
    return batch.samples();
  }

  @Override
  public int calls() {
    return 2 * levels.count() - 1;
  }

  @Override
  public String description() {
    String deterministic = "Heun's method: " + levels + ", then 0";
    return churn.total() == 0
        ? deterministic
        : Words.of(
            "%s, churn %.4g from noise %.4g to %.4g with factor %.4g",
            deterministic, churn.total(), churn.min(), churn.max(), churn.noise());
  }

  /**
   * Adds noise to the chains, x + S_noise sqrt(s'^2 - s^2) z: the noise s' = (1 + gamma) s they now
   * have.
   */
  private double churned(ChainBatch batch, int level) {
    double s = levels.at(level);
    double gamma = churn.growth(s, levels.count());
    if (gamma == 0) {
      return s;
    }
    double larger = (1 + gamma) * s;
    double added = churn.noise() * Math.sqrt(larger * larger - s * s);
    batch.move(Vectors.along(batch.x(), added, batch.noise(level + 1)));
    return larger;
  }

  /** dx/ds = (x - D) / s. */
  private static double[] slope(double[] x, double[] denoised, double s) {
    double[] slope = new double[x.length];
    for (int j = 0; j < x.length; j++) {
      slope[j] = (x[j] - denoised[j]) / s;
    }
    return slope;
  }
}
