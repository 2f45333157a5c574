package tweedie.ml;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.driver.config.ConfigText;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.model.Models;
import tweedie.driver.model.RunModel;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.run.RunDirectory;

/** A run with one of its models. */
record LoadedRun(
    RunDirectory directory, LoadedSettings config, CheckpointChoice checkpoint, RunModel model) {

  /**
   * Reads a run.
   *
   * @param settings {@code tweedie.key=value} each, over those of the run
   * @throws DataException if there is none, or it has no model
   */
  static LoadedRun of(
      String path, CheckpointChoice checkpoint, List<String> settings, Configuration hadoop)
      throws IOException {
    Path directory = FileSystems.path(path);
    RunDirectory run = RunDirectory.at(directory, hadoop);
    try {
      LoadedSettings config =
          SettingsLoader.load(
              Optional.empty(),
              settings,
              Optional.of(
                  new ConfigText(
                      new Path(directory, RunDirectory.CONFIG).toString(), run.config())));
      return new LoadedRun(
          run, config, checkpoint, Models.of(run, config, checkpoint, "score with"));
    } catch (FileNotFoundException e) {
      throw new DataException(
          "%s is no run: it has no %s".formatted(run.path(), RunDirectory.CONFIG), e);
    }
  }
}
