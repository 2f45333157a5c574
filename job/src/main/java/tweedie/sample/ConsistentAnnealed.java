package tweedie.sample;

import java.util.Locale;
import tweedie.sample.AnnealedLangevin.Ending;
import tweedie.score.Denoiser;

/**
 * Consistent annealed sampling (Jolicoeur-Martineau et al. 2020, arXiv 2009.05475, algorithm 2):
 * one step a level, x += eta (D - x) + s' beta z, where s' = g s is the next level and beta =
 * sqrt(1 - ((1 - eta) / g)^2).
 *
 * <p>A point x_0 that arrives with noise s leaves with noise exactly s'. Data with spread leaves
 * with eta^2 Cov(x | y) too little variance, because the posterior mean takes the place of a draw
 * from the posterior; smaller eta and more levels lose less.
 *
 * @param start where chains begin; its noise is normally the first level
 * @param levels the noise levels
 * @param eta the share of the way to D in one step, 1 - g &lt; eta &lt; 1 + g for the ratio g of
 *     all neighbouring levels; 1 - g^2 is the step of ancestral sampling (Song et al. 2021, arXiv
 *     2011.13456, equation 47)
 * @param ending what is returned after the last level
 */
public record ConsistentAnnealed(ChainStart start, NoiseLevels levels, double eta, Ending ending)
    implements Sampler {

  /**
   * @throws IllegalArgumentException if no noise can make up for the step between two levels, or
   *     there is neither a second level to go to nor a jump
   */
  public ConsistentAnnealed {
    if (levels.count() == 1 && ending == Ending.WALK) {
      throw new IllegalArgumentException(
          "A walk from one noise level to the next needs two levels");
    }
    for (int level = 0; level < levels.count() - 1; level++) {
      double g = levels.at(level + 1) / levels.at(level);
      if (!(eta > 1 - g && eta < 1 + g)) {
        throw new IllegalArgumentException(
            Words.of(
                "The step eta from noise %.4g to %.4g must be between %.4g and %.4g, not %s",
                levels.at(level), levels.at(level + 1), 1 - g, 1 + g, eta));
      }
    }
  }

  @Override
  public Samples sample(Denoiser denoiser, long seed, long[] chains, LevelObserver observer) {
    ChainBatch batch = new ChainBatch(denoiser, start, seed, chains);
    int last = levels.count() - 1;
    for (int level = 0; level < last; level++) {
      double s = levels.at(level);
      double[] x = batch.x();
      double[] denoised = batch.denoise(x, s);
      batch.move(step(x, denoised, eta, s, levels.at(level + 1), batch.noise(level + 1)));
      batch.levelDone(level, s, observer);
    }
    if (ending == Ending.JUMP) {
      batch.move(batch.denoise(batch.x(), levels.at(last)));
    }
    batch.levelDone(last, levels.at(last), observer);
    return batch.samples();
  }

  @Override
  public int calls() {
    return levels.count() - (ending == Ending.JUMP ? 0 : 1);
  }

  @Override
  public String description() {
    return Words.of(
        "consistent annealed sampling: %s, step %.4g, ending in a %s",
        levels, eta, ending.name().toLowerCase(Locale.ROOT));
  }

  /** From noise s to noise {@code next}: x + eta (D - x) + next beta z, z standard normal. */
  static double[] step(
      double[] x, double[] denoised, double eta, double s, double next, double[] z) {
    double g = next / s;
    double beta = Math.sqrt(1 - Math.pow((1 - eta) / g, 2));
    double[] moved = new double[x.length];
    for (int j = 0; j < x.length; j++) {
      moved[j] = x[j] + eta * (denoised[j] - x[j]) + next * beta * z[j];
    }
    return moved;
  }
}
