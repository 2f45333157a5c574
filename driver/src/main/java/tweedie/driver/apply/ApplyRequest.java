package tweedie.driver.apply;

import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.run.CheckpointChoice;

/**
 * What {@code apply} is asked to do.
 *
 * @param columns what is added
 * @param sigma noise of the images, or the column that says it
 * @param out directory to write
 * @param checkpoint whose weights are taken
 * @param config the settings: those of the run, overridden by what the command line says
 */
public record ApplyRequest(
    Path run,
    Table table,
    List<String> columns,
    Optional<String> sigma,
    Denoised denoised,
    Bad bad,
    Path out,
    CheckpointChoice checkpoint,
    LoadedSettings config) {

  /**
   * Where the images are.
   *
   * @param data URI of files or directories, or name of a table
   * @param format of the files; empty where they tell it
   * @param image column of the images; empty for the only one that can hold them
   * @param where a condition in SQL on the rows; empty for all
   */
  public record Table(
      String data, Optional<String> format, Optional<String> image, Optional<String> where) {}

  /** How posterior means are written. */
  public enum Denoised {
    /** As arrays. */
    FLOATS,
    /** As pictures. */
    PNG
  }

  /** What becomes of rows whose image cannot be read. */
  public enum Bad {
    /** The command fails. */
    ERROR,
    /** They are left out. */
    SKIP
  }
}
