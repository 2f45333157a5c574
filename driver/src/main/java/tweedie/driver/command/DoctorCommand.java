package tweedie.driver.command;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tweedie.TweedieException.Status;
import tweedie.driver.config.ConfigText;
import tweedie.driver.run.RunDirectory;

/** {@code tweedie doctor}. */
@Command(
    name = "doctor",
    description = {
      "Checks this cluster and these settings before hours are spent: one task on every slot says",
      "what it runs on, and whether it can read the data and write the run.",
      "",
      "Ends with 2 if training would fail, with 0 otherwise, whatever it warns of."
    },
    footer = {
      "",
      "Example:",
      "  tweedie doctor --conf conf/mnist.conf --run runs/mnist \\",
      "      -D tweedie.data.path=data/mnist-shards"
    })
final class DoctorCommand extends ActionCommand {

  @Mixin private ConfigOptions config;

  @Option(
      names = "--run",
      paramLabel = "URI",
      description = "Directory of the run; nothing of it is changed.")
  private Optional<Path> run;

  @Override
  public Integer call() throws IOException {
    Optional<ConfigText> below =
        config.hasFile() ? Optional.empty() : run.flatMap(RunDirectory::readConfig);
    return actions().doctor(config.load(below), run, sessions("tweedie doctor")).wouldFail()
        ? Status.WRONG_INPUT.number()
        : ExitStatus.DONE;
  }
}
