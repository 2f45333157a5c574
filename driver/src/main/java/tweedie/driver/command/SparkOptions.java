package tweedie.driver.command;

import picocli.CommandLine.Option;
import tweedie.driver.cluster.SparkSessions;

/** Where a command runs, and how it reports a failure. */
final class SparkOptions {

  @Option(
      names = "--master",
      paramLabel = "URL",
      defaultValue = "local[*]",
      description =
          "Spark master, ${DEFAULT-VALUE} unless given; ignored when spark-submit has set one.")
  private String master;

  @Option(names = "--stacktrace", description = "Shows where in the program a failure came from.")
  private boolean stacktrace;

  SparkSessions sessions(String application) {
    return new SparkSessions(master, application);
  }
}
