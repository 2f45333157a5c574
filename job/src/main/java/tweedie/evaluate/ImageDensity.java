package tweedie.evaluate;

import java.io.Serializable;

/**
 * Log densities of one image: of every dequantization of it, by every probe.
 *
 * @param id number of the image
 * @param label its class, -1 where there is none
 * @param logDensities in nats, [repeats][probes], as many probes for each
 * @param logPriors the part that is the density of the prior, [repeats]
 * @param logPlainPriors what the prior without the moments of the data would give, [repeats]
 * @param squaredRadii where the flow ended, over what it should be in the mean, [repeats]
 * @param calls of the denoiser, mean over the repeats
 */
public record ImageDensity(
    long id,
    int label,
    double[][] logDensities,
    double[] logPriors,
    double[] logPlainPriors,
    double[] squaredRadii,
    double calls)
    implements Serializable {

  /** Mean over dequantizations and probes, in nats. */
  public double logDensity() {
    double sum = 0;
    for (int repeat = 0; repeat < logDensities.length; repeat++) {
      sum += ofRepeat(repeat);
    }
    return sum / logDensities.length;
  }

  /** Mean over the probes of one dequantization. */
  double ofRepeat(int repeat) {
    return mean(logDensities[repeat]);
  }

  /** Variance of {@link #logDensity} that the probes give it; NaN with a single probe. */
  double varianceOfProbes() {
    int repeats = logDensities.length;
    double sum = 0;
    for (double[] probes : logDensities) {
      sum += variance(probes) / probes.length;
    }
    return sum / ((double) repeats * repeats);
  }

  /** Variance that dequantization and probes together give it; NaN with a single repeat. */
  double varianceOfRepeats() {
    double[] means = new double[logDensities.length];
    for (int repeat = 0; repeat < means.length; repeat++) {
      means[repeat] = ofRepeat(repeat);
    }
    return variance(means) / means.length;
  }

  static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /** The unbiased variance; NaN of a single value. */
  static double variance(double[] values) {
    double mean = mean(values);
    double sum = 0;
    for (double value : values) {
      sum += (value - mean) * (value - mean);
    }
    return sum / (values.length - 1);
  }
}
