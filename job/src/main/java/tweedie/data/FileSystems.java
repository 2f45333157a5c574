package tweedie.data;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.VersionInfo;

/** Hadoop's file systems, with errors for the person who named one. */
public final class FileSystems {

  private FileSystems() {}

  /**
   * The file system of {@code path}.
   *
   * @throws DataException if there is none, or it does not answer
   */
  public static FileSystem of(Path path, Configuration conf) {
    try {
      return path.getFileSystem(conf);
    } catch (IOException | RuntimeException e) { // the latter where a scheme has no class
      throw new DataException(path + " cannot be used: " + why(path, e), e);
    }
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
