package tweedie.data;

import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** Input files by name or Hadoop URI, with errors for the person who named them. */
public final class InputFiles {

  private static final int BUFFER = 1 << 16;

  private InputFiles() {}

  /**
   * The file or directory {@code uri}.
   *
   * @throws DataException if it cannot be looked at, or is neither
   */
  public static FileStatus status(String uri, Configuration conf) {
    Path path = FileSystems.path(uri);
    FileSystem files = files(path, conf);
    try {
      Optional<java.nio.file.Path> local = FileSystems.local(path, files);
      if (local.isPresent()) {
        LocalFiles.problem(local.get())
            .ifPresent(
                problem -> {
                  throw new DataException(uri + " " + problem);
                });
      }
      return files.getFileStatus(path);
    } catch (FileNotFoundException e) {
      throw new DataException(uri + " does not exist" + decoding(uri), e);
    } catch (IOException e) {
      throw new DataException(uri + " cannot be read: " + e.getMessage(), e);
    } catch (InvalidPathException e) {
      throw new DataException(uri + " does not exist" + LocalFiles.DECODING, e);
    }
  }

  /** Whether a name has what a pattern has; it is one only where nothing is named so. */
  public static boolean isPattern(String name) {
    return LocalFiles.PATTERN.matcher(name).find();
  }

  /** Whether something is named so. */
  public static boolean exists(String name, Configuration conf) throws IOException {
    Path path = FileSystems.path(name);
    return files(path, conf).exists(path);
  }

  /**
   * What a pattern as in a shell names: {@code *}, {@code ?}, {@code [..]} and {@code {..}} in
   * parts of the path that are not there as they stand; hidden files only where the pattern begins
   * with a dot.
   *
   * @return files and directories, in the order of their paths
   * @throws DataException if it is no pattern, or something that it names cannot be looked at
   */
  public static List<FileStatus> matching(String pattern, Configuration conf) throws IOException {
    Path path = FileSystems.path(pattern);
    FileSystem files = files(path, conf);
    Optional<java.nio.file.Path> local = FileSystems.local(path, files);
    List<FileStatus> found = new ArrayList<>();
    try {
      if (local.isPresent()) {
        // Hadoop's own search stops at the first colon in a name
        for (java.nio.file.Path match : LocalFiles.matching(local.get())) {
          found.add(status("file:" + match, conf));
        }
      } else {
        FileStatus[] matches = files.globStatus(path);
        found.addAll(matches == null ? List.of() : List.of(matches));
        found.removeIf(
            match -> match.getPath().getName().startsWith(".") && !path.getName().startsWith("."));
      }
    } catch (IllegalArgumentException e) {
      throw new DataException(pattern + " is no pattern: " + e.getMessage(), e);
    }
    found.sort(Comparator.comparing(match -> match.getPath().toString()));
    return found;
  }

  private static String decoding(String uri) {
    return uri.indexOf('\uFFFD') < 0 ? "" : LocalFiles.DECODING;
  }

  /**
   * The files in {@code directory} itself, sorted by name.
   *
   * @throws DataException if one that is not hidden cannot be looked at: a link to nothing, a pipe,
   *     a name that the locale does not have
   */
  public static List<FileStatus> in(Path directory, Configuration conf) throws IOException {
    FileSystem files = files(directory, conf);
    Optional<java.nio.file.Path> local = FileSystems.local(directory, files);
    if (local.filter(Files::isDirectory).isPresent()) {
      LocalFiles.requireWhole(local.get()); // Hadoop leaves out of its list what it cannot look at
    }
    return Arrays.stream(files.listStatus(directory))
        .filter(FileStatus::isFile)
        .sorted(Comparator.comparing(file -> file.getPath().getName()))
        .toList();
  }

  /**
   * Opens a file; of a local one Hadoop's .crc file is not asked for.
   *
   * @throws DataException if its file system cannot be used
   * @throws IOException if it cannot be read
   */
  public static FSDataInputStream open(Path file, Configuration conf) throws IOException {
    return files(file, conf).open(file, BUFFER);
  }

  /** The content of {@code uri}, decompressed if it starts as gzip does, whatever its name. */
  public static InputStream open(String uri, Configuration conf) throws IOException {
    InputStream in = new BufferedInputStream(open(FileSystems.path(uri), conf), BUFFER);
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

  /** The local file system without checksums: Hadoop cannot name the .crc file of {@code 10:30}. */
  static FileSystem files(Path path, Configuration conf) {
    FileSystem files = FileSystems.of(path, conf);
    return files instanceof LocalFileSystem local ? local.getRaw() : files;
  }
}
