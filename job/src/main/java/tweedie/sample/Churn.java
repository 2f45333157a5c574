package tweedie.sample;

import java.io.Serializable;
import tweedie.score.Positive;

/**
 * The noise that EDM's stochastic sampler adds before a step (Karras et al. 2022, arXiv 2206.00364,
 * algorithm 2): a step from level s begins at the larger noise (1 + gamma) s, with gamma =
 * min(total / N, sqrt(2) - 1) over N levels.
 *
 * @param total S_churn, at least 0; 0 adds no noise
 * @param min S_tmin, the smallest level where noise is added
 * @param max S_tmax, the largest level where noise is added
 * @param noise S_noise, the standard deviation of the added noise over the right one, &gt; 0; the
 *     paper takes 1.003 to 1.007 for learned denoisers, which remove a little too much
 */
public record Churn(double total, double min, double max, double noise) implements Serializable {

  /** No added noise: the deterministic method. */
  public static final Churn NONE = new Churn(0, 0, Double.POSITIVE_INFINITY, 1);

  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public Churn {
    if (!(total >= 0) || Double.isInfinite(total)) {
      throw new IllegalArgumentException(
          "The churn must be a number that is at least 0, not " + total);
    }
    if (!(min >= 0 && max >= min)) {
      throw new IllegalArgumentException(
          "Churn must act from a smaller to a larger noise level, not from " + min + " to " + max);
    }
    Positive.require("The factor on the noise of the churn", noise);
  }

  /** By how much the noise s grows before the step, gamma, with so many levels N. */
  double growth(double s, int levels) {
    return s >= min && s <= max ? Math.min(total / levels, Math.sqrt(2) - 1) : 0;
  }
}
