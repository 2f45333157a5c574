package tweedie.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import tweedie.driver.run.RunDirectory;

/**
 * Files as they were written before a round stood beside the name of a model: {@code golden/run} is
 * a run, {@code golden/tables} holds what it printed of these numbers.
 */
public final class Golden {

  private Golden() {}

  private static Path path(String name) {
    try {
      return Path.of(Golden.class.getResource("/golden/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The text of a file. */
  public static String text(String name) {
    try {
      return Files.readString(path(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What was printed of a result. */
  public static String table(String name) {
    return text("tables/" + name + ".txt").stripTrailing();
  }

  /** The run. */
  public static RunDirectory run() throws IOException {
    return RunDirectory.at(new org.apache.hadoop.fs.Path(path("run").toUri()), new Configuration());
  }
}
