package tweedie.benchmark;

import java.util.Locale;
import java.util.stream.LongStream;
import tweedie.sample.AnnealedLangevin.Ending;
import tweedie.sample.ChainStart;
import tweedie.sample.ConsistentAnnealed;
import tweedie.sample.Heun;
import tweedie.sample.NoiseLevels;
import tweedie.sample.Sampler;
import tweedie.score.GaussianMixture;

/**
 * Prints the table of docs/sampling.md on where chains start: with noise alone about the mean of
 * the data, and with their variance too, on three unlike modes with the exact score.
 */
final class MixtureStarts {

  private static final long SEED = 5;
  private static final int CHAINS = 20_000;
  private static final GaussianMixture MIXTURE =
      new GaussianMixture(
          new double[] {0.7, 0.2, 0.1},
          new double[][] {{-3, 2}, {4, 4}, {0, -6}},
          new double[] {0.8, 0.5, 1.2});

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
    double[] images = sampler.sample(MIXTURE, SEED, LongStream.range(0, CHAINS).toArray()).images();
    double[] count = new double[3];
    double variance = 0;
    for (int i = 0; i < CHAINS; i++) {
      int nearest = 0;
      for (int k = 1; k < 3; k++) {
        nearest = squares(images, i, k) < squares(images, i, nearest) ? k : nearest;
      }
      count[nearest]++;
      variance += squares(images, i, nearest) / Math.pow(MIXTURE.std(nearest), 2);
    }
    return String.format(
        Locale.ROOT,
        "%.3f, %.3f, %.3f; %.3f",
        count[0] / CHAINS,
        count[1] / CHAINS,
        count[2] / CHAINS,
        variance / (2 * CHAINS));
  }

  private static double squares(double[] images, int i, int k) {
    double[] mean = MIXTURE.mean(k);
    return Math.pow(images[2 * i] - mean[0], 2) + Math.pow(images[2 * i + 1] - mean[1], 2);
  }
}
