package tweedie.driver.model;

import java.io.IOException;
import tweedie.data.DataException;
import tweedie.data.shard.DataStatistics;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.run.RunDirectory;
import tweedie.evaluate.likelihood.DataNormal;
import tweedie.evaluate.likelihood.FlowCodes;
import tweedie.evaluate.likelihood.FlowSolver.Grid;
import tweedie.score.GaussianMixture;

/** The flow between the images and the codes of a run. */
public final class CodeFlow {

  private CodeFlow() {}

  /**
   * The flow that the settings describe.
   *
   * @throws DataException if the run has no model that has codes, or no range of noise
   */
  public static FlowCodes of(RunDirectory run, Settings settings) throws IOException {
    if (settings.model().oracle() == Settings.Oracle.DATA) {
      throw new DataException(
          "tweedie.model.oracle = data: images have codes under a trained network or a mixture");
    }
    DataNormal prior = prior(run, settings);
    Settings.Code code = settings.code();
    FromSettings.MeanNoise trained = FromSettings.meanNoise(settings);
    double least = code.sigmaMin() > 0 ? code.sigmaMin() : trained.min();
    double most = code.sigmaMax() > 0 ? code.sigmaMax() : trained.max();
    if (least >= most) {
      throw new DataException(
          "Codes need a range of noise: tweedie.code.sigma-min, %s, must be less than tweedie.code.sigma-max, %s (where one is 0, it is what was trained)"
              .formatted(least, most));
    }
    return new FlowCodes(prior, least, most, new Grid(code.method(), code.steps()));
  }

  /** The moments of the data that chains start with. */
  private static DataNormal prior(RunDirectory run, Settings settings) throws IOException {
    if (settings.model().oracle() == Settings.Oracle.MIXTURE) {
      GaussianMixture mixture = FromSettings.mixture(settings.data().mixture());
      return new DataNormal(mixture.mean(), mixture.totalVariance() / mixture.dimension());
    }
    DataStatistics data = run.statistics();
    if (data.varianceAboutMeanImage() <= 0) {
      throw new DataException(
          "The images that the run %s was trained on are all the same, as its data.json says: codes would be of nothing"
              .formatted(run.path()));
    }
    return new DataNormal(data.meanImage(), data.varianceAboutMeanImage());
  }
}
