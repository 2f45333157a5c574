package tweedie.driver.evaluate;

import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import tweedie.data.PixelRange;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.run.CheckpointChoice;

/**
 * What {@code evaluate} is asked to do.
 *
 * @param what is measured, in this order
 * @param run directory of the run
 * @param data directory of the shards of real images; empty for those of the training
 * @param samples name of a directory of samples in the run, or URI of a {@code .npz} file or folder
 *     of images; empty for every directory of samples
 * @param scale what black and white are in the samples of a {@code .npz} file of floats
 * @param features of a network of the user's own, for what is measured of samples
 * @param checkpoint that is measured, where it is the model itself
 * @param config the settings: those of the run, overridden by what the command line says
 */
public record EvaluateRequest(
    List<Measurable> what,
    Path run,
    Optional<Path> data,
    Optional<Path> samples,
    Optional<PixelRange> scale,
    Optional<FeatureRequest> features,
    CheckpointChoice checkpoint,
    LoadedSettings config) {}
