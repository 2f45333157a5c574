package tweedie.driver.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tweedie.driver.action.Actions;
import tweedie.driver.cluster.SparkSessions;

/** A command, which has one of the {@link Actions} done, with the options that all of them have. */
abstract class ActionCommand implements Callable<Integer> {

  @ParentCommand private CommandTree tweedie;
  @Spec private CommandSpec spec;
  @Mixin private HelpOption help;

  @Option(
      names = "--master",
      paramLabel = "URL",
      defaultValue = "local[*]",
      description =
          "Spark master, ${DEFAULT-VALUE} unless given; ignored when spark-submit has set one.")
  private String master;

  @Option(names = "--stacktrace", description = "Shows where in the program a failure came from.")
  private boolean stacktrace;

  final Actions actions() {
    return tweedie.actions;
  }

  final SparkSessions sessions(String application) {
    return new SparkSessions(master, application);
  }

  /** A command line that cannot be understood. */
  final ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
