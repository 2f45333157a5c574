package tweedie.driver.command;

import java.io.IOException;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tweedie.driver.code.InterpolateRequest;
import tweedie.driver.run.RunDirectory;

/** {@code tweedie interpolate}. */
@Command(
    name = "interpolate",
    description = {
      "Draws images on the way from one to another: decoded from codes on the arc between theirs.",
      "An image is a picture, or the number of an image of tweedie.data.path. Needs no cluster: --master has no effect."
    },
    footer = {
      "",
      "Example:",
      "  tweedie interpolate --run runs/mnist --from 0 --to 7.png --out strip.png"
    })
final class InterpolateCommand extends ActionCommand {

  private static final int MOST_STEPS = 1000;

  @Mixin private RunOption run;
  @Mixin private CheckpointOption checkpoint;
  @Mixin private ConfigOptions config;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "PICTURE|ID",
      description = "The image that it begins with.")
  private String from;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "PICTURE|ID",
      description = "The image that it ends with.")
  private String to;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "10",
      description = "Number of images, the two among them; ${DEFAULT-VALUE} unless given.")
  private int steps;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE.png|FILE.npz",
      description =
          "The file to write, which must not exist: the images in a row, or a .npz file with arr_0 and codes.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    if (steps < 2 || steps > MOST_STEPS) {
      throw wrong("--steps must be at least 2 and at most %d, not %d".formatted(MOST_STEPS, steps));
    }
    if (!out.getName().matches("(?s).*\\.(png|npz)")) {
      throw wrong("--out must name a .png or a .npz file, not " + out.getName());
    }
    actions()
        .interpolate(
            new InterpolateRequest(
                run.path(),
                from,
                to,
                steps,
                out,
                checkpoint.choice(),
                config.load(RunDirectory.readConfig(run.path()))));
    return ExitStatus.DONE;
  }
}
