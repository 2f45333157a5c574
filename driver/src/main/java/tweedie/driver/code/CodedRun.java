package tweedie.driver.code;

import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.shard.DataStatistics;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.model.Models;
import tweedie.driver.model.RunModel;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.run.RunDirectory;
import tweedie.evaluate.likelihood.DataNormal;
import tweedie.evaluate.likelihood.FlowCodes;
import tweedie.evaluate.likelihood.FlowSolver.Grid;
import tweedie.score.GaussianMixture;

/**
 * The model of a run, with the flow between its images and their codes.
 *
 * @param seed of the random numbers that a model which sees copies has of its own
 * @param fingerprint of the model and the mean and variance that codes are measured by
 */
record CodedRun(RunModel model, FlowCodes flow, long seed, String fingerprint)
    implements Serializable {

  /**
   * The flow that the settings describe.
   *
   * @param purpose what the model is for, in words
   * @throws DataException if the run has no model that has codes, or no range of noise
   */
  static CodedRun of(
      RunDirectory run, LoadedSettings config, CheckpointChoice checkpoint, String purpose)
      throws IOException {
    Settings settings = config.settings();
    if (settings.model().oracle() == Settings.Oracle.DATA) {
      throw new DataException(
          "tweedie.model.oracle = data: images have codes under a trained network or a mixture");
    }
    RunModel model = Models.of(run, config, checkpoint, purpose);
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
    return new CodedRun(
        model,
        new FlowCodes(prior, least, most, new Grid(code.method(), code.steps())),
        settings.seed(),
        fingerprint(model, settings, prior));
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

  private static String fingerprint(RunModel model, Settings settings, DataNormal prior) {
    String all =
        "%s\n%s\n%s %s"
            .formatted(
                model.fingerprint(),
                settings.model().oracle() == Settings.Oracle.MIXTURE
                    ? settings.data().mixture()
                    : "",
                Arrays.toString(prior.mean()),
                prior.variance());
    return UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.UTF_8)).toString();
  }

  ImageShape shape() {
    return model.shape();
  }

  /**
   * Refuses images or codes of another shape.
   *
   * @param what they are
   */
  void requireShape(CodeInput input, String what) {
    if (!input.shape().equals(shape())) {
      throw new DataException(
          "%s holds %s of %s, the model's are of %s"
              .formatted(input.place(), what, input.shape(), shape()));
    }
  }
}
