package tweedie.driver.export;

import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import tweedie.driver.run.CheckpointChoice;

/**
 * What {@code export} is asked to do.
 *
 * @param what is exported
 * @param out the .npz file to write
 * @param name which samples; empty where the run has only one set
 * @param checkpoint whose weights are exported
 */
public record ExportRequest(
    Path run, What what, Path out, Optional<String> name, CheckpointChoice checkpoint) {

  /** What can be exported. */
  public enum What {
    /** The moving average of the weights. */
    WEIGHTS,
    /** Samples that were drawn. */
    SAMPLES;

    /** The name on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
