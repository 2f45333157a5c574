package tweedie.sample;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import tweedie.score.Denoiser;
import tweedie.score.Vectors;

/**
 * Multistep methods on the probability-flow ODE, which remember D of the levels before: one call of
 * the denoiser a level. In l = -ln s the ODE dx/dl = D - x has the solution
 *
 * <pre>
 *     x(l + h) = exp(-h) x(l) + integral over u from -h to 0 of exp(u) D(l + h + u)
 * </pre>
 *
 * whose first term is exact, and whose integral they take with a D that is made of those remembered
 * (Lu et al. 2022, arXiv 2211.01095, data prediction).
 *
 * @param start where chains begin; its noise is normally the first level
 * @param levels the noise levels; after the last one follows noise 0, with the jump to D
 * @param rule what is made of D
 */
public record Multistep(ChainStart start, NoiseLevels levels, Rule rule) implements Sampler {

  /** What a step makes of D at the levels before it; the first steps have fewer and lower order. */
  public enum Rule {
    /**
     * DPM-Solver++(2M) (arXiv 2211.01095, algorithm 2): D is constant over the step and lies on the
     * line through its last two values, half-way. Order 2.
     */
    DPM_SOLVER("DPM-Solver++(2M)", 2),
    /**
     * UniPC of order 3 (Zhao et al. 2023, arXiv 2302.04867, algorithms 5 and 7): D is the parabola
     * through its last three values; the call at the end of the step then also corrects the step,
     * by the cubic through it too. Its coefficients are solved for without the paper's B(h), which
     * cancels there. Order 4 on smooth D.
     */
    UNIPC("UniPC of order 3", 3);

    private final String title;
    private final int remembered;

    Rule(String title, int remembered) {
      this.title = title;
      this.remembered = remembered;
    }
  }

  /** D at a level, with l = -ln s. */
  private record Remembered(double l, double[] denoised) {}

  @Override
  public Samples sample(Denoiser denoiser, long seed, long[] chains, LevelObserver observer) {
    ChainBatch batch = new ChainBatch(denoiser, start, seed, chains);
    List<Remembered> newestFirst = new ArrayList<>();
    double[] began = null;
    for (int level = 0; level < levels.count(); level++) {
      double s = levels.at(level);
      double l = -Math.log(s);
      double[] denoised = batch.denoise(batch.x(), s);
      newestFirst.add(0, new Remembered(l, denoised));
      if (rule == Rule.UNIPC && level > 0) {
        batch.move(integrated(began, newestFirst.get(1).l(), l, newestFirst));
      }
      if (newestFirst.size() > rule.remembered) {
        newestFirst.remove(rule.remembered);
      }
      began = batch.x();
      if (level == levels.count() - 1) {
        batch.move(denoised); // exp(-h) = 0
      } else {
        double next = -Math.log(levels.at(level + 1));
        batch.move(
            rule == Rule.UNIPC
                ? integrated(began, l, next, newestFirst)
                : dpmSolver(began, next, newestFirst));
      }
      batch.levelDone(level, s, observer);
    }
    return batch.samples();
  }

  /** exp(-h) x + (1 - exp(-h)) D', D' = D_i + h / (2 h_i) (D_i - D_(i-1)). */
  private static double[] dpmSolver(double[] x, double next, List<Remembered> newestFirst) {
    Remembered last = newestFirst.get(0);
    double h = next - last.l();
    double[] denoised = last.denoised();
    if (newestFirst.size() > 1) {
      double half = h / (2 * (last.l() - newestFirst.get(1).l()));
      denoised =
          Vectors.along(
              Vectors.along(denoised, half, denoised), -half, newestFirst.get(1).denoised());
    }
    return Vectors.along(scaled(x, Math.exp(-h)), -Math.expm1(-h), denoised);
  }

  /**
   * x taken from l to next, with the polynomial through all remembered values of D in place of D.
   */
  private static double[] integrated(
      double[] x, double l, double next, List<Remembered> remembered) {
    double h = next - l;
    double[] moved = scaled(x, Math.exp(-h));
    double[] weights = weights(h, remembered.stream().mapToDouble(r -> r.l() - next).toArray());
    for (int k = 0; k < weights.length; k++) {
      moved = Vectors.along(moved, weights[k], remembered.get(k).denoised());
    }
    return moved;
  }

  /**
   * What values at these places u_k weigh in the integral of exp(u) times the polynomial through
   * them over -h..0: sum_k w_k u_k^n = I_n, with I_0 = 1 - exp(-h) and I_n = -(-h)^n exp(-h) - n
   * I_(n-1).
   */
  private static double[] weights(double h, double[] places) {
    int count = places.length;
    RealMatrix powers = new Array2DRowRealMatrix(count, count);
    double[] integrals = new double[count];
    for (int n = 0; n < count; n++) {
      integrals[n] =
          n == 0 ? -Math.expm1(-h) : -Math.pow(-h, n) * Math.exp(-h) - n * integrals[n - 1];
      for (int k = 0; k < count; k++) {
        powers.setEntry(n, k, Math.pow(places[k], n));
      }
    }
    return new LUDecomposition(powers).getSolver().solve(new ArrayRealVector(integrals)).toArray();
  }

  private static double[] scaled(double[] x, double factor) {
    return Vectors.along(new double[x.length], factor, x);
  }

  @Override
  public String description() {
    return Words.of("%s: %s, then 0", rule.title, levels);
  }
}
