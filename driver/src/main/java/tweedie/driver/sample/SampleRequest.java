package tweedie.driver.sample;

import org.apache.hadoop.fs.Path;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.run.CheckpointChoice;

/**
 * What {@code sample} is asked to do.
 *
 * @param count number of samples, at least 1
 * @param checkpoint which checkpoint samples are drawn from
 * @param schedule the noise levels and steps that are allowed
 * @param pictures what is drawn of the samples
 * @param config the settings: those of the run, overridden by what the command line says
 */
public record SampleRequest(
    Path run,
    int count,
    CheckpointChoice checkpoint,
    Schedule schedule,
    Pictures pictures,
    LoadedSettings config) {

  /** Noise levels and steps of a sampler. */
  public enum Schedule {
    /** Those whose chains keep about the noise that the denoiser expects. */
    SOUND,
    /** Whatever the settings say. */
    ANY
  }

  /** What is drawn of the samples. */
  public enum Pictures {
    /** A grid of samples and a strip of how chains form. */
    STILL,
    /** These, and an animation of how chains form. */
    MOVING
  }
}
