package tweedie.data;

import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** Input files by Hadoop URI, with errors for the person who named them. */
public final class InputFiles {

  private static final int BUFFER = 1 << 16;

  private InputFiles() {}

  /** The file or directory {@code uri}; a {@link DataException} if it cannot be looked at. */
  public static FileStatus status(String uri, Configuration conf) {
    try {
      Path path = new Path(uri);
      return FileSystems.of(path, conf).getFileStatus(path);
    } catch (FileNotFoundException e) {
      throw new DataException(uri + " does not exist", e);
    } catch (IOException | IllegalArgumentException e) { // the latter from what is no URI
      throw new DataException(uri + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** All files below {@code directory}, sorted by path. */
  public static List<FileStatus> below(Path directory, Configuration conf) throws IOException {
    List<FileStatus> files = new ArrayList<>();
    RemoteIterator<LocatedFileStatus> found =
        directory.getFileSystem(conf).listFiles(directory, true);
    while (found.hasNext()) {
      // without its block locations, which would be kept for each of perhaps a million files
      files.add(new FileStatus(found.next()));
    }
    files.sort(Comparator.comparing(file -> file.getPath().toString()));
    return files;
  }

  /** The files in {@code directory} itself, sorted by name. */
  public static List<FileStatus> in(Path directory, Configuration conf) throws IOException {
    return Arrays.stream(directory.getFileSystem(conf).listStatus(directory))
        .filter(FileStatus::isFile)
        .sorted(Comparator.comparing(file -> file.getPath().getName()))
        .toList();
  }

  /** The content of {@code uri}, decompressed if it starts as gzip does, whatever its name. */
  public static InputStream open(String uri, Configuration conf) throws IOException {
    Path path = new Path(uri);
    FileSystem files = path.getFileSystem(conf);
    InputStream in = new BufferedInputStream(files.open(path), BUFFER);
    try {
      in.mark(2);
      boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
      in.reset();
      return gzip ? new BufferedInputStream(new GZIPInputStream(in, BUFFER), BUFFER) : in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
