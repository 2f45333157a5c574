package tweedie.driver.code;

import org.apache.hadoop.fs.Path;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.run.CheckpointChoice;

/**
 * What {@code interpolate} is asked to do.
 *
 * @param from a picture, or the number of an image of {@code tweedie.data.path}
 * @param to the same
 * @param steps how many images, those of the two ends among them
 * @param out the .png or .npz file to write
 * @param checkpoint whose weights are taken
 * @param config the settings: those of the run, overridden by what the command line says
 */
public record InterpolateRequest(
    Path run,
    String from,
    String to,
    int steps,
    Path out,
    CheckpointChoice checkpoint,
    LoadedSettings config) {}
