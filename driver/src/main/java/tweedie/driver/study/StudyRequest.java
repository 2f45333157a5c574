package tweedie.driver.study;

import org.apache.hadoop.fs.Path;
import tweedie.driver.config.LoadedSettings;

/**
 * What {@code study} is asked to do.
 *
 * @param out directory of the results, which may hold some of this study
 * @param config the settings
 */
public record StudyRequest(Path out, LoadedSettings config) {}
