package tweedie.driver.code;

import org.apache.hadoop.fs.Path;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.run.CheckpointChoice;

/**
 * What {@code decode} is asked to do.
 *
 * @param codes the directory or the .npz file that has them
 * @param from whose codes they may be
 * @param out the directory or the .npz file to write
 * @param checkpoint whose weights are taken
 * @param config the settings: those of the run, overridden by what the command line says
 */
public record DecodeRequest(
    Path run, Path codes, From from, Path out, CheckpointChoice checkpoint, LoadedSettings config) {

  /** Whose codes are decoded. */
  public enum From {
    /** Those of the same model and noise. */
    SAME_MODEL,
    /** Any of the model's shape. */
    ANY
  }
}
