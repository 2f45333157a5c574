package tweedie.driver.doctor;

import java.util.Optional;
import org.apache.hadoop.fs.Path;
import tweedie.driver.config.LoadedSettings;

/**
 * What {@code doctor} is asked to check.
 *
 * @param config the settings of the training
 * @param run directory of the run, which need not exist
 */
public record DoctorRequest(LoadedSettings config, Optional<Path> run) {}
