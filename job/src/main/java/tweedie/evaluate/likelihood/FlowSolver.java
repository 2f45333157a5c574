package tweedie.evaluate.likelihood;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Locale;
import org.apache.commons.math3.exception.NumberIsTooSmallException;
import org.apache.commons.math3.ode.FirstOrderDifferentialEquations;
import org.apache.commons.math3.ode.nonstiff.DormandPrince853Integrator;
import tweedie.score.Positive;

/** How the probability-flow ODE is solved. */
public sealed interface FlowSolver extends Serializable {

  /** For people. */
  String description();

  /**
   * Integrates the state in place.
   *
   * @param from noise at which the state is
   * @param to noise to which it is brought
   */
  void solve(ProbabilityFlow flow, double[] state, double from, double to);

  /** Whether images may be integrated together, which must not change their numbers. */
  boolean batched();

  /**
   * Steps of one length in the time of {@link ProbabilityFlow}, the same for all images, so that a
   * batch shares every call of the denoiser.
   *
   * @param method the explicit Runge-Kutta method
   * @param steps how many, at least 1
   */
  record Grid(Method method, int steps) implements FlowSolver {

    /**
     * @throws IllegalArgumentException if there is no step
     */
    public Grid {
      if (steps < 1) {
        throw new IllegalArgumentException("There must be at least one step, not " + steps);
      }
    }

    @Override
    public String description() {
      return "%d steps of %s".formatted(steps, method.words);
    }

    @Override
    public boolean batched() {
      return true;
    }

    @Override
    public void solve(ProbabilityFlow flow, double[] state, double from, double to) {
      double begin = flow.time(from);
      double length = (flow.time(to) - begin) / steps;
      int stages = method.weights.length;
      double[][] slopes = new double[stages][state.length];
      double[] at = new double[state.length];
      for (int step = 0; step < steps; step++) {
        for (int stage = 0; stage < stages; stage++) {
          double reach = method.reaches[stage] * length;
          for (int j = 0; j < at.length; j++) {
            // each stage of these methods starts from the slope of the one before alone
            at[j] = stage == 0 ? state[j] : state[j] + reach * slopes[stage - 1][j];
          }
          flow.slope(begin + step * length + reach, at, slopes[stage]);
        }
        for (int stage = 0; stage < stages; stage++) {
          for (int j = 0; j < at.length; j++) {
            state[j] += method.weights[stage] * length * slopes[stage][j];
          }
        }
      }
    }
  }

  /** An explicit Runge-Kutta method. */
  enum Method {
    /** Heun's, of order 2: two calls of the denoiser a step. */
    HEUN("Heun's method", new double[] {0, 1}, new double[] {1 / 2.0, 1 / 2.0}),
    /** The classical one of order 4: four calls a step. */
    RK4(
        "the classical Runge-Kutta method",
        new double[] {0, 1 / 2.0, 1 / 2.0, 1},
        new double[] {1 / 6.0, 1 / 3.0, 1 / 3.0, 1 / 6.0});

    private final String words;
    private final double[] reaches;
    private final double[] weights;

    Method(String words, double[] reaches, double[] weights) {
      this.words = words;
      this.reaches = reaches;
      this.weights = weights;
    }
  }

  /**
   * Dormand and Prince's method of order 8(5,3) with steps that adapt to each image alone: with
   * common steps an image's numbers would depend on those beside it.
   *
   * @param tolerance error allowed in a step: root mean square over the pixels in units of their
   *     noisy standard deviation, and in the log density in nats for each pixel, &gt; 0
   */
  record Adaptive(double tolerance) implements FlowSolver {

    /** In the time of the flow. Smaller steps only chase the rounding of the denoiser. */
    private static final double SMALLEST_STEP = 1e-5;

    /**
     * @throws IllegalArgumentException if the tolerance is not positive
     */
    public Adaptive {
      Positive.require("The tolerance of the ODE", tolerance);
    }

    @Override
    public String description() {
      return "Dormand-Prince 8(5,3) to the tolerance %s".formatted(number(tolerance));
    }

    @Override
    public boolean batched() {
      return false;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the tolerance cannot be kept, as when it is smaller than the
     *     rounding of the denoiser
     */
    @Override
    public void solve(ProbabilityFlow flow, double[] state, double from, double to) {
      double begin = flow.time(from);
      double end = flow.time(to);
      int d = flow.dimension();
      // the solver bounds the mean square over all values of the state, in which the few that
      // hold the log density would hardly count
      double inNats = tolerance * d / Math.sqrt(state.length);
      double[] absolute = new double[state.length];
      Arrays.fill(absolute, 0, d, tolerance);
      Arrays.fill(absolute, d, state.length, inNats);
      try {
        new DormandPrince853Integrator(
                SMALLEST_STEP, end - begin, absolute, new double[state.length])
            .integrate(
                new Equations(flow, state.length, Math.max(begin, end)), begin, state, end, state);
      } catch (NumberIsTooSmallException e) {
        throw new IllegalStateException(
            "The ODE cannot be solved to the tolerance %s: the steps fell below %s, as they do when the tolerance is smaller than the rounding of the denoiser"
                .formatted(number(tolerance), number(SMALLEST_STEP)),
            e);
      }
    }

    private static String number(double value) {
      return String.format(Locale.ROOT, "%.4g", value);
    }

    /**
     * The flow, asked at no time after the {@code latest}: where it hardly moves, the integrator's
     * guess of its first step looks beyond the end, up to where there is no noise any more.
     */
    private record Equations(ProbabilityFlow flow, int length, double latest)
        implements FirstOrderDifferentialEquations {

      @Override
      public int getDimension() {
        return length;
      }

      @Override
      public void computeDerivatives(double time, double[] state, double[] slope) {
        flow.slope(Math.min(time, latest), state, slope);
      }
    }
  }
}
