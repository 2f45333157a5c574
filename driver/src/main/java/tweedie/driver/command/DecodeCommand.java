package tweedie.driver.command;

import java.io.IOException;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tweedie.driver.code.DecodeRequest;
import tweedie.driver.code.DecodeRequest.From;
import tweedie.driver.run.RunDirectory;

/** {@code tweedie decode}. */
@Command(
    name = "decode",
    description = {
      "Carries codes back to images by the probability-flow ODE of a trained run.",
      "The run, its checkpoint and its noise must be those that encode had."
    },
    footer = {"", "Example:", "  tweedie decode --run runs/mnist --codes codes --out decoded"})
final class DecodeCommand extends ActionCommand {

  @Mixin private RunOption run;
  @Mixin private CheckpointOption checkpoint;
  @Mixin private ConfigOptions config;

  @Option(
      names = "--codes",
      required = true,
      paramLabel = "URI|FILE.npz",
      description =
          "What encode has written, or a .npz file with codes, [n, height, width, channel], ids and labels.")
  private Path codes;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "URI|FILE.npz",
      description =
          "What to write, which must not exist: a directory of shards with grid.png, or a .npz file with arr_0, ids and labels.")
  private Path out;

  @Option(
      names = "--force",
      description = "Decodes codes of another model or noise, or of nobody knows which.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    actions()
        .decode(
            new DecodeRequest(
                run.path(),
                codes,
                force ? From.ANY : From.SAME_MODEL,
                out,
                checkpoint.choice(),
                config.load(RunDirectory.readConfig(run.path()))),
            sessions("tweedie decode " + run.path()));
    return ExitStatus.DONE;
  }
}
