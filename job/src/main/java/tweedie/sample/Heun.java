package tweedie.sample;

import tweedie.score.Denoiser;

/**
 * Heun's method on the probability-flow ODE dx/ds = (x - D(x, s)) / s (Karras et al. 2022, arXiv
 * 2206.00364, algorithm 1): no noise after the start, 2 L - 1 calls of the denoiser.
 *
 * @param start where chains begin; its standard deviation is normally the first level
 * @param levels the noise levels; after the last one follows noise 0. The paper takes {@link
 *     NoiseLevels#karras} with rho 7
 */
public record Heun(Start start, NoiseLevels levels) implements Sampler {

  @Override
  public Samples sample(Denoiser denoiser, long seed, long[] chains, LevelObserver observer) {
    Batch batch = new Batch(denoiser, start, seed, chains);
    for (int level = 0; level < levels.count() - 1; level++) {
      double s = levels.at(level);
      double next = levels.at(level + 1);
      double[] x = batch.x();
      double[] slope = slope(x, batch.denoise(x, s), s);
      batch.move(along(x, next - s, slope));
      double[] nextSlope = slope(batch.x(), batch.denoise(batch.x(), next), next);
      batch.move(along(along(x, (next - s) / 2, slope), (next - s) / 2, nextSlope));
      observer.levelDone(level, s, batch.calls());
    }
    // an Euler step from s to 0, x - s (x - D) / s, is the jump to D
    int last = levels.count() - 1;
    batch.move(batch.denoise(batch.x(), levels.at(last)));
    observer.levelDone(last, levels.at(last), batch.calls());
    return batch.samples();
  }

  @Override
  public String description() {
    return "Heun's method: " + levels + ", then 0";
  }

  /** dx/ds = (x - D) / s. */
  private static double[] slope(double[] x, double[] denoised, double s) {
    double[] slope = new double[x.length];
    for (int j = 0; j < x.length; j++) {
      slope[j] = (x[j] - denoised[j]) / s;
    }
    return slope;
  }

  /** x + step * slope. */
  private static double[] along(double[] x, double step, double[] slope) {
    double[] next = new double[x.length];
    for (int j = 0; j < x.length; j++) {
      next[j] = x[j] + step * slope[j];
    }
    return next;
  }
}
