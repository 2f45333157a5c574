package tweedie.driver.command;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tweedie.TweedieException.Status;
import tweedie.driver.action.Actions;
import tweedie.driver.config.ConfigText;
import tweedie.driver.doctor.DoctorRequest;
import tweedie.driver.run.RunConfig;

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
final class DoctorCommand implements Callable<Integer> {

  private final Actions applications;

  @Mixin private HelpOption help;
  @Mixin private ConfigOptions config;
  @Mixin private SparkOptions spark;

  @Option(
      names = "--run",
      paramLabel = "URI",
      description = "Directory of the run; nothing of it is changed.")
  private Optional<Path> run;

  DoctorCommand(Actions applications) {
    this.applications = applications;
  }

  @Override
  public Integer call() throws IOException {
    Optional<ConfigText> below = Optional.empty();
    if (!config.hasFile() && run.isPresent()) {
      below = RunConfig.read(run.get());
    }
    DoctorRequest request = new DoctorRequest(config.load(below), run);
    return applications.doctor(request, spark.sessions("tweedie doctor")).wouldFail()
        ? Status.WRONG_INPUT.number()
        : ExitStatus.DONE;
  }
}
