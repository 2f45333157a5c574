package tweedie.driver.command;

import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Option;

/** {@code --run}. */
final class RunOption {

  @Option(
      names = "--run",
      required = true,
      paramLabel = "URI",
      description = "Directory of the run.")
  private Path run;

  Path path() {
    return run;
  }
}
