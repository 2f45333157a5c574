package tweedie.data.shard;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import tweedie.data.Json;
import tweedie.data.ResultFiles;
import tweedie.data.WholeFile;

/** The names of the classes of a data set, in a file beside its shards. */
public final class ClassNames {

  /** Hadoop and Spark pass over names that begin so. */
  static final String FILE = "_classes.json";

  /** The place of a name is the label of its class. */
  private record Content(List<String> classes) {

    private Content {
      if (new HashSet<>(classes).size() < classes.size()) {
        throw new IllegalArgumentException("classes has a name twice");
      }
    }
  }

  private ClassNames() {}

  /**
   * Writes the names beside the shards.
   *
   * @param names of different classes, by label
   * @throws IOException if they cannot be written
   */
  public static void write(Path directory, List<String> names, Configuration conf)
      throws IOException {
    Path file = new Path(directory, FILE);
    WholeFile.write(ResultFiles.of(file, conf), file, Json.PAGE.text(new Content(names)) + "\n");
  }

  /**
   * The names of the classes; none where no file keeps any.
   *
   * @throws tweedie.data.DataException if the file is damaged
   * @throws IOException if it cannot be read
   */
  static List<String> of(Path directory, Configuration conf) throws IOException {
    Path file = new Path(directory, FILE);
    FileSystem files = ResultFiles.of(file, conf);
    try {
      return List.copyOf(
          Json.PAGE.read(WholeFile.read(files, file), Content.class, file).classes());
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }
}
