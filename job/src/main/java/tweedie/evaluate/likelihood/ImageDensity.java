package tweedie.evaluate.likelihood;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Log densities of one image: of every dequantization of it, by every probe.
 *
 * @param id number of the image
 * @param label its class, -1 where there is none
 * @param logDensities in nats, [repeats][probes], as many probes for each
 * @param logPriors the part that is the density of the prior, [repeats]
 * @param logPlainPriors what the prior without the moments of the data would give, [repeats]
 * @param squaredRadii where the flow ended, over what it should be in the mean, [repeats]
 * @param logSpread what the joint density of noisy copies has besides that of their mean; 0 where
 *     the image itself was measured
 * @param calls of the denoiser, mean over the repeats
 */
public record ImageDensity(
    long id,
    int label,
    double[][] logDensities,
    double[] logPriors,
    double[] logPlainPriors,
    double[] squaredRadii,
    double logSpread,
    double calls)
    implements Serializable {

  /**
   * As many priors and radii as dequantizations.
   *
   * @throws IllegalArgumentException if there are others
   */
  public ImageDensity {
    int repeats = logDensities.length;
    if (repeats == 0
        || logPriors.length != repeats
        || logPlainPriors.length != repeats
        || squaredRadii.length != repeats
        || Arrays.stream(logDensities).anyMatch(probes -> probes == null || probes.length == 0)) {
      throw new IllegalArgumentException("an image has no density, or not one a dequantization");
    }
  }

  /**
   * Of one image from what its dequantizations gave.
   *
   * @param densities one for each repeat
   */
  public static ImageDensity of(
      long id, int label, List<FlowLikelihood.Density> densities, double logSpread) {
    return new ImageDensity(
        id,
        label,
        densities.stream().map(FlowLikelihood.Density::logDensity).toArray(double[][]::new),
        densities.stream().mapToDouble(FlowLikelihood.Density::logPrior).toArray(),
        densities.stream().mapToDouble(FlowLikelihood.Density::logPlainPrior).toArray(),
        densities.stream().mapToDouble(FlowLikelihood.Density::squaredRadius).toArray(),
        logSpread,
        densities.stream().mapToLong(FlowLikelihood.Density::calls).average().orElseThrow());
  }

  /** The same by the first of its probes alone. */
  public ImageDensity ofProbes(int probes) {
    return withLogDensities(estimates -> Arrays.copyOf(estimates, probes));
  }

  private ImageDensity withLogDensities(UnaryOperator<double[]> ofRepeat) {
    return new ImageDensity(
        id,
        label,
        Arrays.stream(logDensities).map(ofRepeat).toArray(double[][]::new),
        logPriors,
        logPlainPriors,
        squaredRadii,
        logSpread,
        calls);
  }

  /** The same with the joint density of the copies in place of that of their mean. */
  public ImageDensity joint() {
    return withLogDensities(
        estimates -> Arrays.stream(estimates).map(estimate -> estimate + logSpread).toArray());
  }

  /** Mean over dequantizations and probes, in nats. */
  public double logDensity() {
    return mean(ofRepeats());
  }

  /** Mean over the probes of each dequantization. */
  private double[] ofRepeats() {
    return Arrays.stream(logDensities).mapToDouble(ImageDensity::mean).toArray();
  }

  /**
   * Standard error of {@link #logDensity}: of its dequantizations and probes, or of its probes
   * where it has one dequantization; NaN with one of each.
   */
  public double error() {
    return Math.sqrt(logDensities.length > 1 ? varianceOfRepeats() : varianceOfProbes());
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
    return variance(ofRepeats()) / logDensities.length;
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
