package tweedie.driver.code;

import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.run.CheckpointChoice;

/**
 * What {@code encode} is asked to do.
 *
 * @param data URI of a directory of shards; or of pictures, of directories of them, or patterns
 * @param limit the first so many images; all of them where it is empty
 * @param out the directory or the .npz file to write
 * @param checkpoint whose weights are taken
 * @param config the settings: those of the run, overridden by what the command line says
 */
public record EncodeRequest(
    Path run,
    List<String> data,
    Optional<Integer> limit,
    Path out,
    CheckpointChoice checkpoint,
    LoadedSettings config) {}
