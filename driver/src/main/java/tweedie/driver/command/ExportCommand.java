package tweedie.driver.command;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tweedie.driver.export.ExportRequest;
import tweedie.driver.export.ExportRequest.What;

/** {@code tweedie export}. */
@Command(
    name = "export",
    description = {
      "Writes weights or samples of a run as a .npz file for NumPy.",
      "Weights are their moving average, one array a parameter; samples of images are arr_0, uint8 [n, height, width, channel]. Needs no cluster: --master has no effect."
    },
    footer = {
      "",
      "Example:",
      "  tweedie export --run runs/mnist --what samples --out mnist-samples.npz"
    })
final class ExportCommand extends ActionCommand {

  @Mixin private RunOption run;
  @Mixin private CheckpointOption checkpoint;

  @Option(
      names = "--what",
      required = true,
      paramLabel = "WHAT",
      description = "${COMPLETION-CANDIDATES}.")
  private What what;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE.npz",
      description = "The file to write, which must not exist.")
  private Path out;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Which samples, where the run has several.")
  private Optional<String> name;

  @Override
  public Integer call() throws IOException {
    if (what == What.WEIGHTS && name.isPresent()) {
      throw wrong("--name chooses samples: leave it out with --what weights");
    }
    if (what == What.SAMPLES && checkpoint.isGiven()) {
      throw wrong(
          "--checkpoint chooses weights: leave it out with --what samples, which are there already");
    }
    if (!out.getName().endsWith(".npz")) {
      throw wrong("--out must name a .npz file, not " + out.getName());
    }
    actions().export(new ExportRequest(run.path(), what, out, name, checkpoint.choice()));
    return ExitStatus.DONE;
  }
}
