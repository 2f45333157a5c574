package tweedie.data.shard;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;
import tweedie.data.FileSystems;

/**
 * A file that Parquet reads, whatever its name has: the input of Parquet's own takes the file
 * system that Hadoop keeps for the whole process.
 */
record ShardFile(FileSystem files, Path path, long length) implements InputFile {

  static ShardFile of(Path path, Configuration conf) throws IOException {
    FileSystem files = FileSystems.of(path, conf);
    return new ShardFile(files, path, files.getFileStatus(path).getLen());
  }

  /**
   * The machines that hold every block of a file; those of local files and object stores hold none.
   */
  static List<String> hosts(FileStatus file, Configuration conf) throws IOException {
    Set<String> hosts = null;
    for (BlockLocation block :
        FileSystems.of(file.getPath(), conf).getFileBlockLocations(file, 0, file.getLen())) {
      List<String> holders = List.of(block.getHosts());
      if (hosts == null) {
        hosts = new TreeSet<>(holders);
      } else {
        hosts.retainAll(holders);
      }
    }
    if (hosts == null) {
      return List.of();
    }
    hosts.remove("localhost"); // said where nothing is known
    return List.copyOf(hosts);
  }

  @Override
  public long getLength() {
    return length;
  }

  @Override
  public SeekableInputStream newStream() throws IOException {
    return HadoopStreams.wrap(files.open(path));
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
