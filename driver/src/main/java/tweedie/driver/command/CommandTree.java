package tweedie.driver.command;

import java.io.PrintWriter;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tweedie.driver.action.Actions;
import tweedie.driver.evaluate.Measurable;
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
  public static CommandLine of(Actions applications, PrintWriter out, PrintWriter err) {
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
        .registerConverter(Path.class, OptionConverters::uri)
        .registerConverter(ImageSize.class, OptionConverters::size)
        .registerConverter(CheckpointChoice.class, OptionConverters::checkpoint)
        .registerConverter(Source.class, OptionConverters::source)
        .registerConverter(Measurable.class, OptionConverters::measured)
        .registerConverter(ExportRequest.What.class, OptionConverters::exported)
        .setParameterExceptionHandler(ExitStatus::ofWrongCommandLine)
        .setExecutionExceptionHandler(ExitStatus::ofFailure);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
