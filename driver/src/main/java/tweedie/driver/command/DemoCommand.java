package tweedie.driver.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tweedie.driver.action.Actions;
import tweedie.driver.action.DemoRequest;
import tweedie.driver.config.ConfigText;

/** {@code tweedie demo}. */
@Command(
    name = "demo",
    description = "Does all of it, small, on built-in data; takes a few minutes.",
    footer = {"", "Example:", "  tweedie demo --run runs/demo"})
final class DemoCommand implements Callable<Integer> {

  private static final String CONF = "demo.conf";

  private final Actions applications;

  @Mixin private HelpOption help;
  @Mixin private ConfigOptions config;
  @Mixin private SparkOptions spark;

  @Option(
      names = "--run",
      defaultValue = "runs/demo",
      paramLabel = "URI",
      description = "Directory of the run, ${DEFAULT-VALUE} unless given.")
  private Path run;

  DemoCommand(Actions applications) {
    this.applications = applications;
  }

  @Override
  public Integer call() throws IOException {
    config.override("tweedie.data.path", new Path(run, "data").toString());
    try (InputStream conf = DemoCommand.class.getResourceAsStream("/" + CONF)) {
      String text = new String(conf.readAllBytes(), StandardCharsets.UTF_8);
      applications.demo(
          new DemoRequest(run, config.load(Optional.of(new ConfigText(CONF, text)))),
          spark.sessions("tweedie demo"));
    }
    return ExitStatus.DONE;
  }
}
