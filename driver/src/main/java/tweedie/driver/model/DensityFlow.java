package tweedie.driver.model;

import java.io.IOException;
import tweedie.data.DataException;
import tweedie.data.Dequantized;
import tweedie.data.ImageShape;
import tweedie.data.shard.DataStatistics;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.config.Settings.Likelihood;
import tweedie.driver.run.RunDirectory;
import tweedie.evaluate.likelihood.DataNormal;
import tweedie.evaluate.likelihood.Divergence;
import tweedie.evaluate.likelihood.FlowLikelihood;
import tweedie.evaluate.likelihood.FlowSolver;
import tweedie.score.GaussianMixture;

/**
 * The flow that densities under the model of a run are measured by.
 *
 * @param prior moments of the data at the end of the flow
 * @param least noise of the density
 * @param most noise at which the flow ends
 */
public record DensityFlow(Likelihood settings, DataNormal prior, double least, double most) {

  /**
   * @throws DataException if the noise leaves nothing to measure
   */
  public DensityFlow {
    if (least >= most) {
      throw new DataException(
          "The flow needs a range of noise: tweedie.evaluate.likelihood.sigma-min, %.4g, must be less than sigma-max, %.4g"
              .formatted(least, most));
    }
  }

  /**
   * The flow that the settings describe.
   *
   * @param dequantize whether images are dequantized, and the moments of the data with them
   * @throws DataException if the run has no model that has densities, or the noise no range
   */
  public static DensityFlow of(RunDirectory run, Settings settings, boolean dequantize)
      throws IOException {
    requireModel(settings);
    Likelihood likelihood = settings.evaluate().likelihood();
    FromSettings.MeanNoise trained = FromSettings.meanNoise(settings);
    return new DensityFlow(
        likelihood,
        prior(run, settings, dequantize),
        likelihood.sigmaMin() > 0 ? likelihood.sigmaMin() : trained.min(),
        likelihood.sigmaMax() > 0 ? likelihood.sigmaMax() : trained.max());
  }

  /**
   * Whether images are dequantized before they are measured, which vectors never are.
   *
   * @param shape of the images
   */
  public static boolean dequantizes(Likelihood settings, ImageShape shape) {
    return settings.dequantize() && !shape.vector();
  }

  /**
   * Refuses settings whose model has no densities.
   *
   * @throws DataException if it has none
   */
  public static void requireModel(Settings settings) {
    if (settings.model().oracle() == Settings.Oracle.DATA) {
      throw new DataException(
          "tweedie.model.oracle = data: the likelihood job measures a trained network or a"
              + " mixture");
    }
  }

  /** The moments of the data the model was trained on, dequantized like those that are measured. */
  private static DataNormal prior(RunDirectory run, Settings settings, boolean dequantize)
      throws IOException {
    if (settings.model().oracle() == Settings.Oracle.MIXTURE) {
      GaussianMixture mixture = FromSettings.mixture(settings.data().mixture());
      return new DataNormal(mixture.mean(), mixture.totalVariance() / mixture.dimension());
    }
    DataStatistics statistics = run.statistics();
    double[] mean = statistics.meanImage();
    double variance = statistics.varianceAboutMeanImage();
    return dequantize ? dequantized(mean, variance) : new DataNormal(mean, variance);
  }

  /** The moments of 8-bit data with these moments, dequantized. */
  static DataNormal dequantized(double[] mean, double variance) {
    double shrink = (Dequantized.LEVELS - 1.0) / Dequantized.LEVELS;
    double width = 1.0 / Dequantized.LEVELS;
    double[] shrunk = new double[mean.length];
    for (int j = 0; j < mean.length; j++) {
      shrunk[j] = shrink * mean[j] + width / 2;
    }
    return new DataNormal(shrunk, shrink * shrink * variance + width * width / 12);
  }

  /**
   * The likelihood along it.
   *
   * @param finer how many times the steps; by each factor of two the tolerance falls to a tenth
   * @param probes at least
   */
  public FlowLikelihood likelihood(int finer, int probes) {
    FlowSolver solver =
        switch (settings.solver()) {
          case GRID -> new FlowSolver.Grid(settings.method(), finer * settings.steps());
          case ADAPTIVE -> new FlowSolver.Adaptive(settings.tolerance() / Math.pow(10, finer / 2));
        };
    Divergence divergence =
        switch (settings.trace()) {
          case EXACT -> new Divergence.Exact();
          case HUTCHINSON ->
              new Divergence.Hutchinson(settings.probe(), Math.max(probes, settings.probes()));
        };
    return new FlowLikelihood(prior, most, solver, divergence);
  }
}
