package tweedie.driver.train;

import org.apache.hadoop.fs.Path;
import tweedie.driver.config.LoadedSettings;

/**
 * What {@code train} is asked to do.
 *
 * @param run directory of the run, which may hold checkpoints to go on from
 * @param config the settings, with {@code tweedie.data.path} or {@code .table}
 * @param changes whether a run may go on with other settings, where that can make sense
 */
public record TrainRequest(Path run, LoadedSettings config, Changes changes) {

  /** What becomes of settings that change what further rounds of a run compute. */
  public enum Changes {
    /** They are refused. */
    REFUSE,
    /** They hold from now on. */
    ALLOW
  }
}
