package tweedie.sample.walk;

import java.io.Serializable;
import java.util.Locale;
import tweedie.sample.Words;
import tweedie.score.Positive;

/**
 * How fast a walk forgets its velocity. Published systems write the same letter gamma for two
 * conventions, so each has its name.
 *
 * @param per the convention
 * @param gamma friction, &gt; 0
 */
public record Friction(Per per, double gamma) implements Serializable {

  /** What the friction is counted in. */
  public enum Per {
    /**
     * Decay exp(-gamma dt) in a step of time dt, as in the multimeasurement generative models of
     * arXiv 2112.09822 (gamma 0.5).
     */
    TIME,
    /**
     * Decay exp(-gamma) in a step of any length, as in discrete walk-jump sampling, arXiv
     * 2306.12360 (gamma 1).
     */
    STEP
  }

  /**
   * @throws IllegalArgumentException if gamma is not a positive number
   */
  public Friction {
    Positive.require("The friction", gamma);
  }

  /** The factor c on the velocity in a step of time dt. */
  double decay(double dt) {
    return switch (per) {
      case TIME -> Math.exp(-gamma * dt);
      case STEP -> Math.exp(-gamma);
    };
  }

  @Override
  public String toString() {
    return Words.of("friction %.4g per %s", gamma, per.name().toLowerCase(Locale.ROOT));
  }
}
