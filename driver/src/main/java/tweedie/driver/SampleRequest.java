package tweedie.driver;

import org.apache.hadoop.fs.Path;
import tweedie.driver.config.Loaded;

/**
 * What {@code sample} is asked to do.
 *
 * @param run directory of the run
 * @param count number of samples, at least 1
 * @param checkpoint which checkpoint samples are drawn from
 * @param config the settings: those of the run, overridden by what the command line says
 */
public record SampleRequest(Path run, int count, CheckpointChoice checkpoint, Loaded config) {}
