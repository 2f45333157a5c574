package tweedie.benchmark;

import java.util.Locale;
import tweedie.data.ImageRows;
import tweedie.evaluate.samples.ClassHistogram;
import tweedie.evaluate.samples.Modes;
import tweedie.sample.AnnealedLangevin.Ending;
import tweedie.sample.ChainStart;
import tweedie.sample.ConsistentAnnealed;
import tweedie.sample.Heun;
import tweedie.sample.NoiseLevels;
import tweedie.sample.Sampler;
import tweedie.score.GaussianMixture;
import tweedie.score.Mixtures;

/**
 * Prints the table of docs/sampling.md on where chains start: with noise alone about the mean of
 * the data, and with their variance too, on three unlike modes with the exact score.
 */
final class MixtureStarts {

  private static final long SEED = 5;
  private static final int CHAINS = 20_000;
  private static final GaussianMixture MIXTURE = Mixtures.unlikeModes();

  private MixtureStarts() {}

  static void print() {
    double variance = MIXTURE.totalVariance() / MIXTURE.dimension();
    System.out.printf(Locale.ROOT, "%nvariance about the mean %.3f%n%n", variance);
    System.out.println("| method | noise | start with noise alone | start with the variance too |");
    System.out.println("|---|---|---|---|");
    for (double s : new double[] {40, 10.93, 5.5}) {
      ChainStart alone = new ChainStart(MIXTURE.mean(), s);
      ChainStart both = new ChainStart(MIXTURE.mean(), s, variance);
      print("heun, 20 levels", s, heun(alone), heun(both));
      print("consistent, 100 levels", s, consistent(alone), consistent(both));
    }
  }

  private static Sampler heun(ChainStart start) {
    return new Heun(start, NoiseLevels.karras(start.noise(), 0.01, 20, 7));
  }

  private static Sampler consistent(ChainStart start) {
    NoiseLevels levels = NoiseLevels.geometric(start.noise(), 0.01, 100);
    return new ConsistentAnnealed(
        start, levels, 1.01 * (1 - 1 / levels.largestRatio()), Ending.JUMP);
  }

  private static void print(String method, double s, Sampler alone, Sampler both) {
    System.out.printf(
        Locale.ROOT, "| %s | %s | %s | %s |%n", method, s, measured(alone), measured(both));
  }

  /** Weights of the modes, and variance within them over what it should be. */
  private static String measured(Sampler sampler) {
    float[] points = ImageRows.floats(sampler.sample(MIXTURE, SEED, Mixtures.ids(CHAINS)).images());
    Modes modes = new Modes(MIXTURE);
    double[] shares = new ClassHistogram(modes.of(points), MIXTURE.components()).shares();
    return String.format(
        Locale.ROOT,
        "%.3f, %.3f, %.3f; %.3f",
        shares[0],
        shares[1],
        shares[2],
        modes.varianceRatio(points).value());
  }
}
