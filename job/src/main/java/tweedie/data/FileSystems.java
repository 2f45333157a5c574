package tweedie.data;

import java.io.File;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.VersionInfo;

/** Hadoop's file systems, with errors for the person who named one. */
public final class FileSystems {

  private static final Pattern URI = Pattern.compile("[a-zA-Z][\\w+.-]+:/.*", Pattern.DOTALL);

  private FileSystems() {}

  /**
   * The path that a person has written: a URI where it begins as one, {@code hdfs://..} or {@code
   * file:/..}, and no local file is named so; everything else is taken as it stands, colons,
   * brackets and per cent signs too.
   *
   * @throws DataException if it is no path
   */
  public static Path path(String text) {
    try {
      boolean uri = URI.matcher(text).matches() && !new File(text).exists();
      // Hadoop takes what stands before a colon for a scheme unless it is told that there is none
      boolean plain = !uri && (text.indexOf(':') >= 0 || text.startsWith("/"));
      return plain ? new Path(null, null, text) : new Path(text);
    } catch (IllegalArgumentException e) {
      throw new DataException(
          "'%s' is neither a path nor a URI: %s".formatted(text, e.getMessage()), e);
    }
  }

  /** Where {@code path} is on this machine, if its file system is the local one. */
  static Optional<java.nio.file.Path> local(Path path, FileSystem files) {
    FileSystem raw = files instanceof LocalFileSystem local ? local.getRaw() : files;
    return raw instanceof RawLocalFileSystem local && "file".equals(raw.getUri().getScheme())
        ? Optional.of(local.pathToFile(path).toPath())
        : Optional.empty();
  }

  /**
   * The file system of {@code path}; a local one fails with exceptions, see {@link LocalDisk}, and
   * is one of our own: the one that Hadoop keeps for the whole process stays as it is.
   *
   * @throws DataException if there is none, or it does not answer
   */
  public static FileSystem of(Path path, Configuration conf) {
    try {
      FileSystem files = path.getFileSystem(conf);
      if (!(files instanceof LocalFileSystem)) {
        files.makeQualified(path); // refuses what is of another one
        return files;
      }
      if (path.toUri().getAuthority() != null) {
        throw new DataException(
            "%s cannot be used: a local file has no host, such as %s. Write file:///PATH, or PATH alone."
                .formatted(path, path.toUri().getAuthority()));
      }
      LocalDisk local = new LocalDisk();
      local.initialize(files.getUri(), conf);
      local.setWorkingDirectory(files.getWorkingDirectory());
      return local;
    } catch (DataException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // the latter where a scheme has no class
      throw new DataException(path + " cannot be used: " + why(path, e), e);
    }
  }

  /** The file or directory of this very name, whatever is in it, in a directory. */
  public static Path child(Path directory, String name) {
    return new Path(directory, new Path(null, null, name)); // a text with a colon would be a URI
  }

  private static String why(Path path, Exception e) {
    if (!(e.getCause() instanceof ClassNotFoundException)) {
      return e.getMessage();
    }
    return "the class path has no file system for %s: (%s)%s"
        .formatted(
            path.toUri().getScheme(),
            e.getCause().getMessage(),
            "s3a".equals(path.toUri().getScheme())
                ? "; spark-submit brings it with --packages org.apache.hadoop:hadoop-aws:"
                    + VersionInfo.getVersion()
                : "");
  }
}
