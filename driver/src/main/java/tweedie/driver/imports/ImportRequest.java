package tweedie.driver.imports;

import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import tweedie.data.source.FolderSource.Channels;
import tweedie.data.source.PictureLabels;
import tweedie.driver.config.LoadedSettings;

/**
 * What {@code import} is asked to do.
 *
 * @param source the kind of the data
 * @param input where the data is read; empty for data that is made
 * @param output directory of the shards
 * @param size that images are brought to; empty to keep theirs
 * @param channels that pictures are brought to; empty for red, green, blue
 * @param labels where those of pictures come from; empty for their folders, where all lie in some
 * @param limit the largest number of images; empty for all
 * @param damaged what happens to files that cannot be read
 */
public record ImportRequest(
    Source source,
    Optional<Path> input,
    Path output,
    Optional<ImageSize> size,
    Optional<Channels> channels,
    Optional<PictureLabels> labels,
    Optional<Integer> limit,
    Import.Damaged damaged,
    LoadedSettings config) {

  /** The height and width that images are brought to, in pixels, each at least 1. */
  public record ImageSize(int height, int width) {}

  /** The kind of the data. */
  public enum Source {
    /** IDX files as MNIST's. */
    MNIST,
    /** CIFAR-10's binary files. */
    CIFAR10,
    /** A folder of pictures. */
    IMAGES,
    /** Built-in digits. */
    DIGITS,
    /** Draws from {@code tweedie.data.mixture}. */
    MIXTURE;

    /** Whether it is made by Tweedie, not read. */
    public boolean made() {
      return this == DIGITS || this == MIXTURE;
    }

    /** The name on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
