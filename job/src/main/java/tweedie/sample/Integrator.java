package tweedie.sample;

import java.io.Serializable;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Steps of Langevin dynamics at one noise level, dy = v dt and dv = u psi dt - gamma v dt + sqrt(2
 * gamma u) dW, whose stationary density is that of y whose score is psi, and N(0, u I) of v.
 *
 * @param scheme how the two equations are split
 * @param dt step of time, &gt; 0
 * @param u inverse mass, &gt; 0
 * @param friction how fast velocities are forgotten; of no effect on an overdamped walk
 */
public record Integrator(Scheme scheme, double dt, double u, Friction friction)
    implements Serializable {

  /**
   * How a step is split. On a Gaussian of precision lambda every scheme is stable if and only if
   * dt^2 u lambda &lt; 4.
   */
  public enum Scheme {
    /**
     * No velocity: y += h psi + sqrt(2 h) z with h = u dt^2 / 2, what ABOBA does when it forgets
     * everything. Stationary variance 1 / (lambda (1 - h lambda / 2)).
     */
    OVERDAMPED,
    /**
     * Drift, kick, friction, kick, drift (Sachs, Leimkuhler, Danos 2017, arXiv 1611.06972).
     * Stationary variance exactly 1 / lambda; of the velocity, u / (1 - dt^2 u lambda / 4).
     */
    ABOBA,
    /**
     * Kick, drift, friction, drift, kick (Leimkuhler and Matthews 2013, arXiv 1203.5428).
     * Stationary variance exactly 1 / lambda; of the velocity, u (1 - dt^2 u lambda / 4).
     */
    BAOAB
  }

  /**
   * Where a walk is.
   *
   * @param y positions, [n, d]
   * @param v velocities, [n, d]
   */
  record Phase(double[] y, double[] v) {

    /** These positions at rest. */
    static Phase atRest(double[] y) {
      return new Phase(y, new double[y.length]);
    }
  }

  /**
   * @throws IllegalArgumentException if the step or the inverse mass is not a positive number
   */
  public Integrator {
    if (!(dt > 0 && u > 0) || Double.isInfinite(dt) || Double.isInfinite(u)) {
      throw new IllegalArgumentException(
          "The step and the inverse mass of a walk must be positive numbers, not "
              + dt
              + " and "
              + u);
    }
  }

  /**
   * @param s noise of what is walked on; no direction of its density is sharper than 1 / s^2
   * @throws IllegalArgumentException if the steps are unstable at this noise
   */
  void requireStable(double s) {
    if (!(dt * dt * u / (s * s) < 4)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "A walk at noise %.4g with inverse mass %.4g needs steps below %.4g to be stable,"
                  + " not %.4g",
              s,
              u,
              2 * s / Math.sqrt(u),
              dt));
    }
  }

  /**
   * One step.
   *
   * @param score psi at positions; the overdamped walk asks where the step begins, ABOBA half-way,
   *     BAOAB where it begins and where it ends, which is where the next one begins
   * @param z standard normal numbers, [n, d]
   */
  Phase step(Phase phase, UnaryOperator<double[]> score, double[] z) {
    double c = friction.decay(dt);
    double[] y = phase.y();
    double[] v = phase.v();
    switch (scheme) {
      case OVERDAMPED -> y = AnnealedLangevin.step(y, score.apply(y), u * dt * dt / 2, z);
      case ABOBA -> {
        y = plus(y, dt / 2, v);
        double[] psi = score.apply(y);
        v = plus(v, u * dt / 2, psi);
        v = damped(v, c, z);
        v = plus(v, u * dt / 2, psi);
        y = plus(y, dt / 2, v);
      }
      case BAOAB -> {
        v = plus(v, u * dt / 2, score.apply(y));
        y = plus(y, dt / 2, v);
        v = damped(v, c, z);
        y = plus(y, dt / 2, v);
        v = plus(v, u * dt / 2, score.apply(y));
      }
    }
    return new Phase(y, v);
  }

  /**
   * At how many places a walk asks.
   *
   * @param steps of the walk
   * @param ends of these steps where something else is asked for, the last one's among them; 0 if
   *     nothing is
   */
  int calls(int steps, int ends) {
    return switch (scheme) {
      case OVERDAMPED -> steps + Math.min(ends, 1);
      case ABOBA -> steps + ends;
      case BAOAB -> steps + 1;
    };
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s steps of %.4g with inverse mass %.4g%s",
        scheme == Scheme.OVERDAMPED ? "overdamped" : scheme.name(),
        dt,
        u,
        scheme == Scheme.OVERDAMPED ? "" : " and " + friction);
  }

  /** a + step * b. */
  private static double[] plus(double[] a, double step, double[] b) {
    double[] sum = new double[a.length];
    for (int j = 0; j < a.length; j++) {
      sum[j] = a[j] + step * b[j];
    }
    return sum;
  }

  /** c v + sqrt(u (1 - c^2)) z: keeps N(0, u I). */
  private double[] damped(double[] v, double c, double[] z) {
    double[] damped = new double[v.length];
    for (int j = 0; j < v.length; j++) {
      damped[j] = c * v[j] + Math.sqrt(u * (1 - c * c)) * z[j];
    }
    return damped;
  }
}
