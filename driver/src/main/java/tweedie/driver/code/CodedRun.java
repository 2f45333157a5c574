package tweedie.driver.code;

import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.model.CodeFlow;
import tweedie.driver.model.Models;
import tweedie.driver.model.RunModel;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.run.RunDirectory;
import tweedie.evaluate.likelihood.DataNormal;
import tweedie.evaluate.likelihood.FlowCodes;

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
    RunModel model = Models.of(run, config, checkpoint, purpose);
    FlowCodes flow = CodeFlow.of(run, settings);
    return new CodedRun(model, flow, settings.seed(), fingerprint(model, settings, flow.prior()));
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
