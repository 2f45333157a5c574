package tweedie.data;

import java.io.IOException;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.VersionInfo;

/** Hadoop's file systems, with errors for the person who named one. */
public final class FileSystems {

  /** What names a file system: hdfs://host/path, and file:/path as Hadoop itself writes it. */
  private static final Pattern URI =
      Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://.*|(file|hdfs|viewfs|har):/.*", Pattern.DOTALL);

  private FileSystems() {}

  /**
   * The path that a person wrote: a URI where it begins like one, and otherwise a path as it
   * stands, colons, brackets and percent signs included.
   *
   * @throws DataException if it is neither
   */
  public static Path path(String text) {
    try {
      return URI.matcher(text).matches()
          ? new Path(text)
          : new Path(null, null, text.replaceFirst("^//+", "/"));
    } catch (IllegalArgumentException e) {
      throw new DataException(
          "'%s' is neither a path nor a URI: %s".formatted(text, e.getMessage()), e);
    }
  }

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
