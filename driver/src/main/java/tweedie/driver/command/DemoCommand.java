package tweedie.driver.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tweedie.driver.config.ConfigText;

/** {@code tweedie demo}. */
@Command(
    name = "demo",
    description = "Does all of it, small, on built-in data; takes a few minutes.",
    footer = {"", "Example:", "  tweedie demo --run runs/demo"})
final class DemoCommand extends ActionCommand {

  private static final String CONF = "demo.conf";

  @Mixin private ConfigOptions config;

  @Option(
      names = "--run",
      defaultValue = "runs/demo",
      paramLabel = "URI",
      description = "Directory of the run, ${DEFAULT-VALUE} unless given.")
  private Path run;

  @Override
  public Integer call() throws IOException {
    config.override("tweedie.data.path", new Path(run, "data").toString());
    try (InputStream conf = DemoCommand.class.getResourceAsStream("/" + CONF)) {
      String text = new String(conf.readAllBytes(), StandardCharsets.UTF_8);
      actions()
          .demo(
              run, config.load(Optional.of(new ConfigText(CONF, text))), sessions("tweedie demo"));
    }
    return ExitStatus.DONE;
  }
}
