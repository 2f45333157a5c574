package tweedie.data.shard;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.data.ResultFiles;
import tweedie.data.WholeFile;

/**
 * The checksums of the shards of a directory, kept beside them in a file that is written last. What
 * it says of a shard counts as long as that has its name and length and is not younger than it.
 */
public final class KeptChecksums {

  /** Hadoop and Spark pass over names that begin so. */
  static final String FILE = "_content.json";

  private static final Logger LOG = LoggerFactory.getLogger(KeptChecksums.class);

  /** What is known of one shard. */
  private record Entry(String file, long bytes, String sha256) {}

  private record Content(List<Entry> shards) {}

  private KeptChecksums() {}

  /** The checksums of shards; null for each of which none is known. */
  static List<String> of(Path directory, List<FileStatus> shards, Configuration conf)
      throws IOException {
    Path file = new Path(directory, FILE);
    FileSystem files = ResultFiles.of(file, conf);
    Map<String, Entry> entries = new HashMap<>();
    long written = 0;
    try {
      written = files.getFileStatus(file).getModificationTime();
      Content content = Json.PAGE.read(WholeFile.read(files, file), Content.class, file);
      if (content.shards() == null) {
        throw new DataException(file + " is damaged: it holds no shards");
      }
      content.shards().forEach(entry -> entries.put(entry.file(), entry));
    } catch (FileNotFoundException e) {
      // nothing is kept yet
    } catch (DataException | ChecksumException e) { // the latter from the local file system
      LOG.warn("{}. The checksums are taken anew.", e.getMessage());
    }
    List<String> known = new ArrayList<>();
    for (FileStatus shard : shards) {
      Entry entry = entries.get(shard.getPath().getName());
      boolean same =
          entry != null
              && entry.bytes() == shard.getLen()
              && shard.getModificationTime() <= written;
      known.add(same ? entry.sha256() : null);
    }
    return known;
  }

  /**
   * Keeps what an import has taken while it wrote.
   *
   * @param directory of the shards
   * @param checksums of all shards, in order
   */
  public static void write(Path directory, List<String> checksums, Configuration conf)
      throws IOException {
    write(directory, ShardedData.files(directory, conf), checksums, conf);
  }

  /** Keeps checksums; where the directory cannot be written, a line of the log says so. */
  static void write(
      Path directory, List<FileStatus> shards, List<String> checksums, Configuration conf) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < shards.size(); i++) {
      FileStatus shard = shards.get(i);
      entries.add(new Entry(shard.getPath().getName(), shard.getLen(), checksums.get(i)));
    }
    Path file = new Path(directory, FILE);
    try {
      WholeFile.write(
          ResultFiles.of(file, conf), file, Json.PAGE.text(new Content(entries)) + "\n");
    } catch (IOException | UnsupportedOperationException e) { // the latter where nothing can be
      LOG.info(
          "{} cannot be written ({}): the checksums of the shards are not kept, and taken again by"
              + " the next command",
          file,
          e.getMessage());
    }
  }
}
