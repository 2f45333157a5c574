package tweedie.driver;

import java.io.PrintWriter;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tweedie.driver.ExportRequest.What;
import tweedie.driver.ImportRequest.Source;

/** The command line; the main class for {@code java} and for {@code spark-submit}. */
@Command(
    name = "tweedie",
    description = "Trains score-based generative models on Spark and draws samples from them.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Start with: tweedie demo"})
public final class Tweedie implements Runnable {

  @Spec private CommandSpec spec;
  @Mixin private HelpOption help;

  private Tweedie() {}

  /** Runs one command; the exit status is one of {@link ExitStatus}. */
  public static void main(String[] args) {
    Thread.setDefaultUncaughtExceptionHandler(ExitStatus::ofUncaught);
    int status = run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), args);
    // YARN in cluster mode takes any call of exit, even with 0, for a failure
    if (status != ExitStatus.DONE) {
      System.exit(status);
    }
  }

  /**
   * Runs one command inside this process.
   *
   * @param out gets what the command prints
   * @param err gets what is wrong
   * @return the exit status, one of {@link ExitStatus}
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    return run(new Applications(out, err), out, err, args);
  }

  static int run(Applications applications, PrintWriter out, PrintWriter err, String... args) {
    CommandLine line =
        new CommandLine(new Tweedie())
            .addSubcommand(new ImportCommand(applications))
            .addSubcommand(new TrainCommand(applications))
            .addSubcommand(new SampleCommand(applications))
            .addSubcommand(new EvaluateCommand(applications))
            .addSubcommand(new ReportCommand(applications))
            .addSubcommand(new ExportCommand(applications))
            .addSubcommand(new DenoiseCommand(applications))
            .addSubcommand(new StudyCommand(applications))
            .addSubcommand(new DoctorCommand(applications))
            .addSubcommand(new DemoCommand(applications));
    return line.setOut(out)
        .setErr(err)
        .registerConverter(Path.class, Arguments::uri)
        .registerConverter(ImageSize.class, Arguments::size)
        .registerConverter(CheckpointChoice.class, Arguments::checkpoint)
        .registerConverter(Source.class, Arguments::source)
        .registerConverter(What.class, Arguments::what)
        .setParameterExceptionHandler(ExitStatus::ofWrongCommandLine)
        .setExecutionExceptionHandler(ExitStatus::ofFailure)
        .execute(args);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
