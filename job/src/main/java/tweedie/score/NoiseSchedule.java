package tweedie.score;

import java.io.Serializable;

/**
 * How noise levels are drawn in training. The unit is the scale of the data; pixels are in [0, 1].
 */
public sealed interface NoiseSchedule extends Serializable {

  /** Draws a noise standard deviation. */
  double draw(Draws draws);

  /** The smallest noise level that is trained. */
  double min();

  /** The largest noise level that is trained. */
  double max();

  /**
   * The variance-exploding SDE dx = sigma^t dw of the score_sde tutorial: t is uniform in [tMin,
   * tMax] and the noise is std(t) = sqrt((sigma^(2t) - 1) / (2 ln sigma)) (Song et al. 2021, arXiv
   * 2011.13456, equation 29).
   *
   * @param sigma base of the exponential, &gt; 1
   * @param tMin smallest time, &gt; 0
   * @param tMax largest time
   */
  record Ve(double sigma, double tMin, double tMax) implements NoiseSchedule {

    /** The noise standard deviation at time t. */
    public double std(double t) {
      return Math.sqrt((Math.pow(sigma, 2 * t) - 1) / (2 * Math.log(sigma)));
    }

    @Override
    public double draw(Draws draws) {
      return std(draws.uniform(tMin, tMax));
    }

    @Override
    public double min() {
      return std(tMin);
    }

    @Override
    public double max() {
      return std(tMax);
    }
  }

  /**
   * One noise level: the M-density of Saremi and Srivastava 2022 (arXiv 2112.09822).
   *
   * @param sigma the noise level, &gt; 0
   */
  record Fixed(double sigma) implements NoiseSchedule {

    @Override
    public double draw(Draws draws) {
      return sigma;
    }

    @Override
    public double min() {
      return sigma;
    }

    @Override
    public double max() {
      return sigma;
    }
  }

  /**
   * ln s is normal (Karras et al. 2022, arXiv 2206.00364, table 1) within [min, max]: drawn again
   * outside, or, where nearly all draws are outside, by the inverse of its distribution there.
   *
   * @param mean mean of ln s
   * @param std standard deviation of ln s, &gt; 0
   * @param min smallest noise level, &gt; 0
   * @param max largest noise level
   */
  record LogNormal(double mean, double std, double min, double max) implements NoiseSchedule {

    /** Draws that are repeated come to an end soon if so many are inside. */
    private static final double SHARE_TO_DRAW_AGAIN = 1e-3;

    @Override
    public double draw(Draws draws) {
      TruncatedNormal within =
          new TruncatedNormal((Math.log(min) - mean) / std, (Math.log(max) - mean) / std);
      if (within.probability() < SHARE_TO_DRAW_AGAIN) {
        double s = Math.exp(mean + std * within.quantile(draws.uniform()));
        return Math.max(min, Math.min(max, s));
      }
      while (true) {
        double s = Math.exp(mean + std * draws.gaussian());
        if (s >= min && s <= max) {
          return s;
        }
      }
    }
  }
}
