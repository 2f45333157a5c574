package tweedie.driver.run;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.driver.config.ConfigText;

/** The settings a run was made with. */
public final class RunConfig {

  private RunConfig() {}

  /**
   * The run's {@code config.conf}, read without a Spark session; empty where there is none.
   *
   * @throws DataException if it is there and cannot be read
   */
  public static Optional<ConfigText> read(Path run) {
    Path file = new Path(run, RunDirectory.CONFIG);
    try {
      return Optional.of(
          new ConfigText(
              file.toString(), RunDirectory.at(run, HadoopOutsideSpark.hadoop()).config()));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new DataException(file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
