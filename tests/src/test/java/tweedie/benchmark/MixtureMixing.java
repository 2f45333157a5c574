package tweedie.benchmark;

import java.util.Locale;
import java.util.stream.LongStream;
import tweedie.sample.ChainDiagnostics;
import tweedie.sample.ChainStart;
import tweedie.sample.Samples;
import tweedie.sample.walk.Friction;
import tweedie.sample.walk.Friction.Per;
import tweedie.sample.walk.Integrator;
import tweedie.sample.walk.Integrator.Scheme;
import tweedie.sample.walk.OneAtATime;
import tweedie.sample.walk.WalkJump;
import tweedie.score.GaussianMixture;

/**
 * Prints the table of docs/sampling.md on mixing: copies one at a time beside walks at one noise
 * level, on 0.8 of the points around (-4, -4) and 0.2 around (4, 4), standard deviation 1, with the
 * exact score. One copy is drawn from noise 6; the mean of 100 of them has noise 0.6.
 */
final class MixtureMixing {

  private static final long SEED = 5;
  private static final double[] MEAN = {-2.4, -2.4};
  private static final int CHAINS = 100;
  private static final int JUMPS = 200;
  private static final int STEPS_PER_JUMP = 20;
  private static final int BURN_IN = 100;
  private static final GaussianMixture MIXTURE =
      new GaussianMixture(
          new double[] {0.8, 0.2}, new double[][] {{-4, -4}, {4, 4}}, new double[] {1, 1});
  private static final Friction FRICTION = new Friction(Per.STEP, 1);

  private MixtureMixing() {}

  static void print() {
    System.out.println(
        "\n"
            + "| method | chains | calls of each | weight | R-hat | effective samples | per 1000"
            + " calls |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (double s : new double[] {0.6, 1.5, 3, 4}) {
      walk(s);
    }
    int chains = 4000;
    OneAtATime oat =
        new OneAtATime(
            new ChainStart(MEAN, 7), 6, 100, new Integrator(Scheme.BAOAB, 6, 1, FRICTION), 8);
    Samples drawn = oat.sample(MIXTURE, SEED, LongStream.range(0, chains).toArray());
    int first = 0;
    for (int i = 0; i < chains; i++) {
      first += along(drawn.images(), i) < 0 ? 1 : 0;
    }
    print("oat, 100 copies of noise 6", chains, drawn.calls(), first / (double) chains, 1, chains);
  }

  private static void walk(double s) {
    WalkJump walk =
        new WalkJump(
            new ChainStart(MEAN, 7),
            s,
            new Integrator(Scheme.BAOAB, s, 1, FRICTION),
            BURN_IN,
            STEPS_PER_JUMP,
            JUMPS);
    double[][] series = new double[CHAINS][JUMPS];
    int[] jump = new int[1];
    Samples last =
        walk.walk(
                MIXTURE,
                SEED,
                walk.begin(SEED, LongStream.range(0, CHAINS).toArray()),
                (step, jumped) -> {
                  for (int i = 0; i < CHAINS; i++) {
                    series[i][jump[0]] = along(jumped.images(), i);
                  }
                  jump[0]++;
                })
            .jump();
    int first = 0;
    for (double[] chain : series) {
      for (double coordinate : chain) {
        first += coordinate < 0 ? 1 : 0;
      }
    }
    print(
        String.format(Locale.ROOT, "walk-jump at %s", s),
        CHAINS,
        last.calls(),
        first / (double) (CHAINS * JUMPS),
        ChainDiagnostics.splitRHat(series),
        ChainDiagnostics.effectiveSampleSize(series));
  }

  private static void print(
      String name, int chains, long calls, double weight, double rHat, double effective) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %d | %d | %.3f | %.3f | %.0f | %.3f |%n",
        name,
        chains,
        calls,
        weight,
        rHat,
        effective,
        1000 * effective / ((double) chains * calls));
  }

  /** Where a point lies on the line through both modes. */
  private static double along(double[] points, int i) {
    return points[2 * i] + points[2 * i + 1];
  }
}
