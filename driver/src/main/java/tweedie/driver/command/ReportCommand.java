package tweedie.driver.command;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tweedie.driver.report.ReportRequest;
import tweedie.driver.report.ReportRequest.Pages;

/** {@code tweedie report}. */
@Command(
    name = "report",
    description = {
      "Writes a run as one page: report.html in its directory.",
      "The file needs nothing besides itself. Needs no cluster: --master has no effect."
    },
    footer = {"", "Example:", "  tweedie report --run runs/mnist"})
final class ReportCommand extends ActionCommand {

  @Mixin private RunOption run;

  @Option(
      names = "--out",
      paramLabel = "FILE.html",
      description = "The file to write; report.html in the run unless given.")
  private Optional<Path> out;

  @Option(
      names = "--watch",
      description =
          "Writes the page again whenever the run has changed, and lets it load itself again, until"
              + " the training ends or this command is stopped.")
  private boolean watch;

  @Override
  public Integer call() throws IOException {
    actions().report(new ReportRequest(run.path(), out, watch ? Pages.WHILE_TRAINING : Pages.ONE));
    return ExitStatus.DONE;
  }
}
