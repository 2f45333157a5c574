package tweedie.driver.command;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tweedie.driver.apply.ApplyRequest;
import tweedie.driver.run.RunDirectory;

/** {@code tweedie apply}. */
@Command(
    name = "apply",
    description = {
      "Writes a table again with what a trained run says of each of its images, or goes on where an earlier call ended.",
      "Columns: denoised and score at the noise --sigma, bits (per dimension) with bitsError, scoreNorms over noise levels, and code.",
      "",
      "Ends with 3 if another process writes the same output."
    },
    footer = {
      "",
      "Example:",
      "  tweedie apply --run runs/mnist --data data/mnist-test --columns bits,scoreNorms --out scored"
    })
final class ApplyCommand extends ActionCommand {

  @Mixin private RunOption run;
  @Mixin private CheckpointOption checkpoint;
  @Mixin private ConfigOptions config;
  @Mixin private TableOption table;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "URI|NAME",
      description =
          "Files that Spark reads as a table, or a table of its catalog; shards are such.")
  private String data;

  @Option(
      names = "--columns",
      split = ",",
      required = true,
      paramLabel = "COLUMN",
      description = "What is added: denoised, score, bits, scoreNorms, code; with commas between.")
  private List<String> columns;

  @Option(
      names = "--sigma",
      paramLabel = "S",
      description = "Noise on the images, in the scale of pixels in [0, 1]; or the column of it.")
  private Optional<String> sigma;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "URI",
      description = "Directory of the table to write, in Parquet.")
  private Path out;

  @Option(
      names = "--pictures",
      description = "Writes denoised as PNG files in place of arrays of floats.")
  private boolean pictures;

  @Option(names = "--skip-bad", description = "Leaves out rows whose image cannot be read.")
  private boolean skipBad;

  @Override
  public Integer call() throws IOException {
    actions()
        .apply(
            new ApplyRequest(
                run.path(),
                new ApplyRequest.Table(data, table.format(), table.image(), table.where()),
                columns,
                sigma,
                pictures ? ApplyRequest.Denoised.PNG : ApplyRequest.Denoised.FLOATS,
                skipBad ? ApplyRequest.Bad.SKIP : ApplyRequest.Bad.ERROR,
                out,
                checkpoint.choice(),
                config.load(RunDirectory.readConfig(run.path()))),
            sessions("tweedie apply " + run.path()));
    return ExitStatus.DONE;
  }
}
