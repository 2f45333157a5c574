package tweedie.evaluate.likelihood;

import java.io.Serializable;
import tweedie.data.ImageRows;
import tweedie.evaluate.likelihood.ProbabilityFlow.NotFiniteException;
import tweedie.score.DifferentiableDenoiser;
import tweedie.score.Positive;
import tweedie.score.Vectors;

/**
 * The log density that a denoiser implies, by the probability-flow ODE from the noise at which the
 * density is asked for to one so large that the noisy data are normal (Song et al. 2021, arXiv
 * 2011.13456, section 4.3 and appendix D.2).
 *
 * <p>It is the density p_s of the data with noise s, never of the data themselves. With random
 * probes its expectation over them is the density; the trajectory does not depend on them.
 *
 * @param prior moments of the data, whose normal distribution is taken at {@code largest}
 * @param scale about the standard deviation of the data; how well a grid does depends on it, the
 *     density does not
 * @param largest the noise at which the flow ends
 * @param solver of the ODE
 * @param divergence how traces are found
 */
public record FlowLikelihood(
    DataNormal prior, double scale, double largest, FlowSolver solver, Divergence divergence)
    implements Serializable {

  /** The usual scale: the standard deviation that the moments of the data give. */
  public FlowLikelihood(
      DataNormal prior, double largest, FlowSolver solver, Divergence divergence) {
    this(prior, Math.sqrt(prior.variance()), largest, solver, divergence);
  }

  /**
   * @throws IllegalArgumentException if the scale or the noise is not a positive number
   */
  public FlowLikelihood {
    Positive.require("The scale", scale);
    Positive.require("The noise at which the flow ends", largest);
  }

  /**
   * What came out for one point.
   *
   * @param logDensity log p_s(y) in nats, one for each probe
   * @param logPrior the part of it that is the log density of the prior where the flow ended
   * @param logPlainPrior the same for N(0, largest^2 I), to see what the moments are worth
   * @param squaredRadius squared distance from the mean where the flow ended, over what it should
   *     be in the mean
   * @param calls of the denoiser
   */
  public record Density(
      double[] logDensity,
      double logPrior,
      double logPlainPrior,
      double squaredRadius,
      long calls) {}

  /**
   * Computes log p_s at n points.
   *
   * @param denoiser D
   * @param y the points, [n, d]
   * @param s noise of the density, less than {@code largest}
   * @param seed of the probes
   * @param ids numbers of the images, which choose the probes, [n]
   * @param repeat which dequantization of the images they are
   * @throws IllegalStateException if a number is not finite, or the solver cannot keep its
   *     tolerance
   */
  public Density[] logDensity(
      DifferentiableDenoiser denoiser, double[] y, double s, long seed, long[] ids, int repeat) {
    int d = prior.mean().length;
    if (denoiser.dimension() != d) {
      throw new IllegalArgumentException(
          "The data have %d values, but the denoiser is for %d".formatted(d, denoiser.dimension()));
    }
    if (!(s > 0) || !(s < largest)) {
      throw new IllegalArgumentException(
          "The noise of a density must be positive and less than %s, not %s".formatted(largest, s));
    }
    if (solver.batched()) {
      return together(denoiser, y, s, seed, ids, repeat);
    }
    Density[] densities = new Density[ids.length];
    for (int i = 0; i < ids.length; i++) {
      double[] alone = ImageRows.row(y, i, d);
      densities[i] = together(denoiser, alone, s, seed, new long[] {ids[i]}, repeat)[0];
    }
    return densities;
  }

  private Density[] together(
      DifferentiableDenoiser denoiser, double[] y, double s, long seed, long[] ids, int repeat) {
    int d = prior.mean().length;
    int estimates = divergence.estimates();
    double[][] vectors = new double[divergence.vectors(d)][y.length];
    for (int v = 0; v < vectors.length; v++) {
      for (int i = 0; i < ids.length; i++) {
        System.arraycopy(divergence.vector(seed, ids[i], repeat, v, d), 0, vectors[v], i * d, d);
      }
    }
    ProbabilityFlow flow =
        new ProbabilityFlow(denoiser.fixedFor(seed, ids), prior.mean(), scale, vectors, estimates);
    double[] state = flow.state(y, s);
    try {
      solver.solve(flow, state, s, largest);
    } catch (NotFiniteException e) {
      throw e.of(ids);
    }
    double[] ends = flow.images(state, largest);
    Density[] densities = new Density[ids.length];
    for (int i = 0; i < densities.length; i++) {
      double[] end = ImageRows.row(ends, i, d);
      double logPrior = prior.logDensity(end, largest);
      double[] logDensity = new double[estimates];
      for (int e = 0; e < estimates; e++) {
        logDensity[e] = logPrior + flow.gain(state, s, largest, i, e);
      }
      densities[i] =
          new Density(
              logDensity,
              logPrior,
              plainPrior(end),
              prior.squaredRadius(end, largest),
              flow.calls());
    }
    return densities;
  }

  /** log N(y; 0, largest^2 I). */
  private double plainPrior(double[] y) {
    double v = largest * largest;
    return -y.length / 2.0 * Math.log(2 * Math.PI * v) - Vectors.dot(y, y) / (2 * v);
  }
}
