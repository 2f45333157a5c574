package tweedie.driver.denoise;

import java.util.List;
import org.apache.hadoop.fs.Path;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.run.CheckpointChoice;

/**
 * What {@code denoise} is asked to do.
 *
 * @param how whether the pictures are denoised one by one or fused
 * @param pictures URIs of the pictures, of directories of them, or patterns
 * @param sigma standard deviation of the noise on each picture, in the scale of pixels in [0, 1]
 * @param given what the pictures are
 * @param out directory to write for {@link How#EACH}, PNG file for {@link How#FUSED}
 * @param checkpoint whose weights are taken
 * @param config the settings: those of the run, overridden by what the command line says
 */
public record DenoiseRequest(
    Path run,
    How how,
    List<String> pictures,
    double sigma,
    Given given,
    Path out,
    CheckpointChoice checkpoint,
    LoadedSettings config) {

  /** Whether pictures belong together. */
  public enum How {
    /** Each is denoised alone. */
    EACH,
    /** They are noisy copies of one scene. */
    FUSED
  }

  /** What the pictures are. */
  public enum Given {
    /** They have the noise on them. */
    NOISY,
    /** They are clean, and noise is added to them. */
    CLEAN
  }
}
