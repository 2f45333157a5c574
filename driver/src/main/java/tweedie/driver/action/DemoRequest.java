package tweedie.driver.action;

import org.apache.hadoop.fs.Path;
import tweedie.driver.config.LoadedSettings;

/**
 * What {@code demo} is asked to do.
 *
 * @param run directory of the run, in which the data is made as well
 * @param config the settings
 */
public record DemoRequest(Path run, LoadedSettings config) {}
