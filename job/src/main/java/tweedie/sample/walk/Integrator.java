package tweedie.sample.walk;

import java.io.Serializable;
import java.util.function.UnaryOperator;
import tweedie.sample.AnnealedLangevin;
import tweedie.sample.Words;
import tweedie.score.Vectors;

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

  /** Where a walk is: positions and velocities, [n, d]. */
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
          "The step and the inverse mass of a walk must be positive numbers, not %s and %s"
              .formatted(dt, u));
    }
  }

  /** Refuses steps that are unstable at noise s: no direction is sharper than 1 / s^2. */
  void requireStable(double s) {
    if (!(dt * dt * u / (s * s) < 4)) {
      throw new IllegalArgumentException(
          Words.of(
              "A walk at noise %.4g with inverse mass %.4g needs steps below %.4g to be stable, not"
                  + " %.4g",
              s, u, 2 * s / Math.sqrt(u), dt));
    }
  }

  /**
   * One step with the standard normal numbers z. The overdamped walk asks for the score where the
   * step begins, ABOBA half-way, BAOAB where it begins and where it ends, which is where the next
   * one begins.
   */
  Phase step(Phase phase, UnaryOperator<double[]> score, double[] z) {
    double c = friction.decay(dt);
    double[] y = phase.y();
    double[] v = phase.v();
    switch (scheme) {
      case OVERDAMPED -> y = AnnealedLangevin.step(y, score.apply(y), u * dt * dt / 2, z);
      case ABOBA -> {
        y = Vectors.along(y, dt / 2, v);
        double[] psi = score.apply(y);
        v = Vectors.along(v, u * dt / 2, psi);
        v = damped(v, c, z);
        v = Vectors.along(v, u * dt / 2, psi);
        y = Vectors.along(y, dt / 2, v);
      }
      case BAOAB -> {
        v = Vectors.along(v, u * dt / 2, score.apply(y));
        y = Vectors.along(y, dt / 2, v);
        v = damped(v, c, z);
        y = Vectors.along(y, dt / 2, v);
        v = Vectors.along(v, u * dt / 2, score.apply(y));
      }
    }
    return new Phase(y, v);
  }

  /**
   * At how many places a walk asks; something else is asked for where {@code ends} of its steps
   * end, the last one's among them.
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
    return Words.of(
        "%s steps of %.4g with inverse mass %.4g%s",
        scheme == Scheme.OVERDAMPED ? "overdamped" : scheme.name(),
        dt,
        u,
        scheme == Scheme.OVERDAMPED ? "" : " and " + friction);
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
