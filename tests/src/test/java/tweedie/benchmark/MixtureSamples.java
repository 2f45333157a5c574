package tweedie.benchmark;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import tweedie.network.NetworkDenoiser;
import tweedie.sample.AnnealedLangevin;
import tweedie.sample.AnnealedLangevin.Ending;
import tweedie.sample.ChainStart;
import tweedie.sample.Churn;
import tweedie.sample.ConsistentAnnealed;
import tweedie.sample.Heun;
import tweedie.sample.Multistep;
import tweedie.sample.Multistep.Rule;
import tweedie.sample.NoiseLevels;
import tweedie.sample.OdeSampler;
import tweedie.sample.PredictorCorrector;
import tweedie.sample.Sampler;
import tweedie.sample.Samples;
import tweedie.sample.SeedSchedule;
import tweedie.sample.walk.Friction;
import tweedie.sample.walk.Friction.Per;
import tweedie.sample.walk.Integrator;
import tweedie.sample.walk.Integrator.Scheme;
import tweedie.sample.walk.OneAtATime;
import tweedie.sample.walk.WalkJump;
import tweedie.score.Denoiser;
import tweedie.score.GaussianMixture;
import tweedie.train.checkpoint.Checkpoint;
import tweedie.train.checkpoint.Checkpoints;

/**
 * Prints the table of docs/sampling.md: every method on 0.8 of the points around (-4, -4) and 0.2
 * around (4, 4), standard deviation 1, with the exact score, those on mixing and on where chains
 * start; or, where a run is named, Heun's method with the learned score of the run.
 */
public final class MixtureSamples {

  private static final long SEED = 5;
  private static final double[] MEAN = {-2.4, -2.4};
  private static final int SETS = 8;
  private static final int SET = 4000;
  private static final int DIRECTIONS = 50;
  private static final GaussianMixture MIXTURE =
      new GaussianMixture(
          new double[] {0.8, 0.2}, new double[][] {{-4, -4}, {4, 4}}, new double[] {1, 1});

  private static Map<String, Sampler> samplers() {
    ChainStart wide = new ChainStart(MEAN, 40);
    NoiseLevels fine = NoiseLevels.geometric(40, 0.03, 100);
    NoiseLevels close = NoiseLevels.geometric(40, 0.01, 88);
    Friction friction = new Friction(Per.STEP, 1);
    Map<String, Sampler> samplers = new LinkedHashMap<>();
    samplers.put("heun, 10 levels", new Heun(wide, NoiseLevels.karras(40, 0.01, 10, 7)));
    samplers.put("heun, 18 levels", new Heun(wide, NoiseLevels.karras(40, 0.01, 18, 7)));
    samplers.put("heun, 30 levels", new Heun(wide, NoiseLevels.karras(40, 0.01, 30, 7)));
    samplers.put(
        "heun, 50 levels, churn 40",
        new Heun(wide, NoiseLevels.karras(40, 0.01, 50, 7), new Churn(40, 0.05, 40, 1)));
    for (int levels : new int[] {10, 12, 20}) {
      NoiseLevels karras = NoiseLevels.karras(40, 0.01, levels, 7);
      samplers.put(
          "dpm-solver, %d levels".formatted(levels), new Multistep(wide, karras, Rule.DPM_SOLVER));
    }
    for (int levels : new int[] {15, 20}) {
      NoiseLevels karras = NoiseLevels.karras(40, 0.01, levels, 7);
      samplers.put("unipc, %d levels".formatted(levels), new Multistep(wide, karras, Rule.UNIPC));
    }
    samplers.put("ode, tolerance 1e-3", new OdeSampler(wide, 40, 0.01, 1e-3));
    samplers.put(
        "consistent, 100 levels",
        new ConsistentAnnealed(wide, fine, 1.01 * (1 - 1 / fine.largestRatio()), Ending.JUMP));
    samplers.put(
        "predictor-corrector, 50 levels",
        new PredictorCorrector(wide, NoiseLevels.geometric(40, 0.03, 50), 0.16, 1));
    samplers.put("predictor-corrector, 100 levels", new PredictorCorrector(wide, fine, 0.16, 1));
    samplers.put(
        "annealed, 88 levels x 5",
        new AnnealedLangevin(
            wide, close, AnnealedLangevin.bestStep(close.largestRatio(), 5), 5, Ending.JUMP));
    samplers.put(
        "oat, 100 copies of noise 6",
        new OneAtATime(
            new ChainStart(MEAN, 7), 6, 100, new Integrator(Scheme.BAOAB, 6, 1, friction), 8));
    samplers.put(
        "walk-jump at 0.6, 1000 steps",
        new WalkJump(
            new ChainStart(MEAN, 7),
            0.6,
            new Integrator(Scheme.BAOAB, 0.6, 1, friction),
            0,
            1000,
            1));
    return samplers;
  }

  private MixtureSamples() {}

  /** Prints the tables; {@code arguments} may name a run of conf/two-modes.conf. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length == 0) {
      exactScore();
      MixtureMixing.print();
      MixtureStarts.print();
    } else {
      learnedScore(new Path(arguments[0]));
    }
  }

  private static void exactScore() {
    print("exact score", MIXTURE, samplers());
    Map<String, Sampler> seed = Map.of("seed", SeedSchedule.original(new double[2]));
    print("exact score, the original schedule, one set", MIXTURE, seed);
  }

  private static void learnedScore(Path path) throws IOException {
    Checkpoint checkpoint =
        new Checkpoints(path.getFileSystem(new Configuration()), path).latest().orElseThrow();
    try (Denoiser learned = new NetworkDenoiser(checkpoint.network(), checkpoint.state().ema())) {
      Map<String, Sampler> fewCalls = samplers();
      fewCalls
          .keySet()
          .removeIf(name -> !name.matches("(heun|dpm-solver|unipc).*") || name.contains("churn"));
      print("learned score", learned, fewCalls);
    }
  }

  private static void print(String title, Denoiser denoiser, Map<String, Sampler> samplers) {
    double[] real = MIXTURE.sample(0, ids(SETS * SET));
    double floor =
        (distance(MIXTURE.sample(1, ids(SETS * SET)), real)
                + distance(MIXTURE.sample(2, ids(SETS * SET)), real))
            / 2;
    System.out.printf(Locale.ROOT, "%n%s, floor %.3f%n%n", title, floor);
    System.out.println("| method | calls | seconds | weight | variance | sliced W2 / floor |");
    System.out.println("|---|---|---|---|---|---|");
    samplers.forEach(
        (name, sampler) -> {
          int sets = sampler instanceof SeedSchedule ? 1 : SETS;
          long began = System.nanoTime();
          Samples samples = sampler.sample(denoiser, SEED, ids(sets * SET));
          double seconds = (System.nanoTime() - began) / 1e9;
          if (samples.diverged().length > 0) {
            throw new IllegalStateException(
                "%s diverged: %s".formatted(name, Arrays.toString(samples.diverged())));
          }
          System.out.printf(
              Locale.ROOT,
              "| %s | %d | %.1f | %.3f | %.3f | %.2f |%n",
              name,
              samples.calls(),
              seconds,
              weight(samples.images()),
              variance(samples.images()),
              distance(samples.images(), real) / floor);
        });
  }

  private static long[] ids(int count) {
    return LongStream.range(0, count).toArray();
  }

  private static boolean first(double[] points, int i) {
    return points[2 * i] + points[2 * i + 1] < 0;
  }

  /** Share of the points on the side of (-4, -4). */
  private static double weight(double[] points) {
    int n = points.length / 2;
    return LongStream.range(0, n).filter(i -> first(points, (int) i)).count() / (double) n;
  }

  /** Variance of a coordinate around the mean of its side, over all points. */
  private static double variance(double[] points) {
    double[] count = new double[2];
    double[] sum = new double[4];
    double squares = 0;
    for (int i = 0; i < points.length / 2; i++) {
      int side = first(points, i) ? 0 : 1;
      count[side]++;
      for (int j = 0; j < 2; j++) {
        sum[2 * side + j] += points[2 * i + j];
        squares += points[2 * i + j] * points[2 * i + j];
      }
    }
    for (int k = 0; k < 4; k++) {
      squares -= sum[k] * sum[k] / Math.max(1, count[k / 2]);
    }
    return squares / points.length;
  }

  /** The mean over sets of the sliced W2 between a set of these points and one of the others. */
  private static double distance(double[] points, double[] others) {
    int sets = points.length / (2 * SET);
    double mean = 0;
    for (int set = 0; set < sets; set++) {
      double squares = 0;
      for (int k = 0; k < DIRECTIONS; k++) {
        double angle = Math.PI * (k + 0.5) / DIRECTIONS;
        double[] a = sorted(points, set, angle);
        double[] b = sorted(others, set, angle);
        for (int i = 0; i < SET; i++) {
          squares += (a[i] - b[i]) * (a[i] - b[i]) / SET;
        }
      }
      mean += Math.sqrt(squares / DIRECTIONS) / sets;
    }
    return mean;
  }

  private static double[] sorted(double[] points, int set, double angle) {
    double[] projections = new double[SET];
    for (int i = 0; i < SET; i++) {
      int at = 2 * (set * SET + i);
      projections[i] = Math.cos(angle) * points[at] + Math.sin(angle) * points[at + 1];
    }
    Arrays.sort(projections);
    return projections;
  }
}
