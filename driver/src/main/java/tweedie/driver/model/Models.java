package tweedie.driver.model;

import java.io.IOException;
import tweedie.data.DataException;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.Settings;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.run.RunDirectory;
import tweedie.train.checkpoint.Checkpoint;

/** Chooses the model of a run. */
public final class Models {

  private Models() {}

  /**
   * The model that the settings name: an oracle, or the network of a checkpoint.
   *
   * @param purpose what it is for, in words
   * @throws DataException if there is none
   */
  public static RunModel of(
      RunDirectory run, LoadedSettings config, CheckpointChoice choice, String purpose)
      throws IOException {
    Settings settings = config.settings();
    return switch (settings.model().oracle()) {
      case MIXTURE -> new MixtureModel(FromSettings.mixture(settings.data().mixture()));
      case DATA ->
          new DataModel(
              settings.data().path(),
              FromSettings.data(
                  config, "tweedie.data.path", settings.data().path(), run.files().getConf()));
      case NONE -> {
        Checkpoint checkpoint = run.checkpoint(choice, purpose);
        yield new TrainedModel(
            checkpoint.network(), checkpoint.state().ema(), checkpoint.state().round());
      }
    };
  }
}
