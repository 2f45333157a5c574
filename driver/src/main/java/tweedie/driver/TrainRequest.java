package tweedie.driver;

import org.apache.hadoop.fs.Path;
import tweedie.driver.config.Loaded;

/**
 * What {@code train} is asked to do.
 *
 * @param run directory of the run, which may hold checkpoints to go on from
 * @param config the settings, with {@code tweedie.data.path}
 */
public record TrainRequest(Path run, Loaded config) {}
