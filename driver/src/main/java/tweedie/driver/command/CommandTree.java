package tweedie.driver.command;

import java.io.IOException;
import java.io.PrintWriter;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;
import tweedie.data.PixelRange;
import tweedie.data.source.FolderSource.Channels;
import tweedie.data.source.PictureLabels;
import tweedie.driver.action.Actions;
import tweedie.driver.evaluate.Measurable;
import tweedie.driver.export.ExportRequest.What;
import tweedie.driver.imports.ImportRequest.Source;
import tweedie.driver.run.CheckpointChoice;
import tweedie.driver.table.ImageSize;

/** {@code tweedie} and its commands. */
@Command(
    name = "tweedie",
    description = "Trains score-based generative models on Spark and draws samples from them.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Start with: tweedie demo"},
    subcommands = {
      ImportCommand.class,
      TrainCommand.class,
      SampleCommand.class,
      EvaluateCommand.class,
      ReportCommand.class,
      ExportCommand.class,
      DenoiseCommand.class,
      ApplyCommand.class,
      EncodeCommand.class,
      DecodeCommand.class,
      InterpolateCommand.class,
      StudyCommand.class,
      DoctorCommand.class,
      DemoCommand.class
    })
public final class CommandTree implements Runnable {

  final Actions actions;
  @Spec private CommandSpec spec;
  @Mixin private HelpOption help;

  private CommandTree(Actions actions) {
    this.actions = actions;
  }

  /**
   * Runs one command.
   *
   * @param out gets the help
   * @param err gets what is wrong
   * @return the exit status, one of {@link ExitStatus}
   */
  public static int run(Actions actions, PrintWriter out, PrintWriter err, String... args) {
    return of(actions, out, err).execute(args);
  }

  static CommandLine of(Actions actions, PrintWriter out, PrintWriter err) {
    return new CommandLine(new CommandTree(actions))
        .setOut(out)
        .setErr(err)
        .registerConverter(Path.class, OptionConverters::uri)
        .registerConverter(ImageSize.class, OptionConverters::size)
        .registerConverter(PixelRange.class, OptionConverters::range)
        .registerConverter(PictureLabels.class, OptionConverters::labels)
        .registerConverter(CheckpointChoice.class, OptionConverters::checkpoint)
        .registerConverter(Channels.class, OptionConverters.oneOf(Channels.values()))
        .registerConverter(Source.class, OptionConverters.oneOf(Source.values()))
        .registerConverter(Measurable.class, OptionConverters.oneOf(Measurable.values()))
        .registerConverter(What.class, OptionConverters.oneOf(What.values()))
        .setExecutionStrategy(CommandTree::execute)
        .setParameterExceptionHandler(ExitStatus::ofWrongCommandLine)
        .setExecutionExceptionHandler(ExitStatus::ofFailure);
  }

  /** As picocli does, which lets errors pass by the handler of exceptions. */
  private static int execute(ParseResult parsed) {
    try {
      return new RunLast().execute(parsed);
    } catch (FSError e) { // of a file system of Hadoop's own, whose disk is full
      throw new ExecutionException(
          parsed.commandSpec().commandLine(), e.getMessage(), new IOException(e.getCause()));
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
