package tweedie.data;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.VersionInfo;

/** Hadoop's file systems, with errors for the person who named one. */
public final class FileSystems {

  private FileSystems() {}

  /**
   * The file system of {@code path}; a local one fails with exceptions, see {@link LocalFiles}, and
   * is one of our own: the one that Hadoop keeps for the whole process stays as it is.
   *
   * @throws DataException if there is none, or it does not answer
   */
  public static FileSystem of(Path path, Configuration conf) {
    try {
      FileSystem files = path.getFileSystem(conf);
      if (!(files instanceof LocalFileSystem)) {
        return files;
      }
      if (path.toUri().getAuthority() != null) {
        throw new DataException(
            "%s is no local file: it has a host, %s. Write file:///PATH, or PATH alone."
                .formatted(path, path.toUri().getAuthority()));
      }
      LocalFiles local = new LocalFiles();
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
