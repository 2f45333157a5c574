package tweedie.driver.command;

import java.io.PrintWriter;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tweedie.driver.action.Applications;
import tweedie.driver.evaluate.What;
import tweedie.driver.export.ExportRequest;
import tweedie.driver.imports.ImageSize;
import tweedie.driver.imports.ImportRequest.Source;
import tweedie.driver.run.CheckpointChoice;

/** {@code tweedie} and its commands. */
@Command(
    name = "tweedie",
    description = "Trains score-based generative models on Spark and draws samples from them.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Start with: tweedie demo"})
public final class CommandTree implements Runnable {

  @Spec private CommandSpec spec;
  @Mixin private HelpOption help;

  private CommandTree() {}

  /**
   * All commands, which end with one of {@link ExitStatus}.
   *
   * @param out gets the help
   * @param err gets what is wrong
   */
  public static CommandLine of(Applications applications, PrintWriter out, PrintWriter err) {
    return new CommandLine(new CommandTree())
        .addSubcommand(new ImportCommand(applications))
        .addSubcommand(new TrainCommand(applications))
        .addSubcommand(new SampleCommand(applications))
        .addSubcommand(new EvaluateCommand(applications))
        .addSubcommand(new ReportCommand(applications))
        .addSubcommand(new ExportCommand(applications))
        .addSubcommand(new DenoiseCommand(applications))
        .addSubcommand(new StudyCommand(applications))
        .addSubcommand(new DoctorCommand(applications))
        .addSubcommand(new DemoCommand(applications))
        .setOut(out)
        .setErr(err)
        .registerConverter(Path.class, Arguments::uri)
        .registerConverter(ImageSize.class, Arguments::size)
        .registerConverter(CheckpointChoice.class, Arguments::checkpoint)
        .registerConverter(Source.class, Arguments::source)
        .registerConverter(What.class, Arguments::measured)
        .registerConverter(ExportRequest.What.class, Arguments::exported)
        .setParameterExceptionHandler(ExitStatus::ofWrongCommandLine)
        .setExecutionExceptionHandler(ExitStatus::ofFailure);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
