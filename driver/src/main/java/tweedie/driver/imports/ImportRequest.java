package tweedie.driver.imports;

import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import tweedie.data.source.FolderSource.Channels;
import tweedie.data.source.PictureLabels;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.table.ImageSize;

/**
 * What {@code import} is asked to do.
 *
 * @param source the kind of the data
 * @param input where the data is read; empty for data that is made
 * @param output directory of the shards
 * @param size that images are brought to; empty to keep theirs
 * @param channels that pictures are brought to; empty for red, green, blue
 * @param labels where those of pictures come from; empty for their folders, where all lie in some
 * @param table which columns and rows of a table
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
    TableOptions table,
    Optional<Integer> limit,
    Import.Damaged damaged,
    LoadedSettings config) {

  /**
   * Of a table, or of arrays by their names.
   *
   * @param format of its files; empty where they tell it
   * @param image column, or array, of the images; empty for the only one that can hold them
   * @param label column, or array, of their classes; empty for the usual one
   * @param where a condition in SQL on its rows; empty for all
   */
  public record TableOptions(
      Optional<String> format,
      Optional<String> image,
      Optional<String> label,
      Optional<String> where) {

    /** Nothing is asked for. */
    public static final TableOptions NONE =
        new TableOptions(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The kind of the data. */
  public enum Source {
    /** IDX files as MNIST's. */
    MNIST,
    /** CIFAR-10's binary files. */
    CIFAR10,
    /** A folder of pictures. */
    IMAGES,
    /** Archives of WebDataset. */
    WEBDATASET,
    /** Files or a table that Spark reads. */
    TABLE,
    /** An array of NumPy. */
    NUMPY,
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
