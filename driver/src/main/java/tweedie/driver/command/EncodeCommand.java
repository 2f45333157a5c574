package tweedie.driver.command;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tweedie.driver.code.EncodeRequest;
import tweedie.driver.run.RunDirectory;

/** {@code tweedie encode}. */
@Command(
    name = "encode",
    description = {
      "Carries images to their codes by the probability-flow ODE of a trained run.",
      "Codes are numbers close to N(0, 1), as many as an image has, from which decode makes the images again. Every image is decoded once, and what it differs by is reported."
    },
    footer = {
      "",
      "Example:",
      "  tweedie encode --run runs/mnist --data data/mnist-test --limit 100 --out codes"
    })
final class EncodeCommand extends ActionCommand {

  @Mixin private RunOption run;
  @Mixin private CheckpointOption checkpoint;
  @Mixin private ConfigOptions config;

  @Option(
      names = "--data",
      arity = "1..*",
      required = true,
      paramLabel = "URI",
      description = "A directory of shards; or pictures, directories of them or patterns.")
  private List<String> data;

  @Option(names = "--limit", paramLabel = "N", description = "Encodes the first N images only.")
  private Optional<Integer> limit;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "URI|FILE.npz",
      description =
          "What to write, which must not exist: a directory of shards with codes.json, or a .npz file with codes, ids and labels, and FILE.json beside it.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    if (limit.filter(count -> count < 1).isPresent()) {
      throw wrong("--limit must be at least 1, not " + limit.get());
    }
    actions()
        .encode(
            new EncodeRequest(
                run.path(),
                data,
                limit,
                out,
                checkpoint.choice(),
                config.load(RunDirectory.readConfig(run.path()))),
            sessions("tweedie encode " + run.path()));
    return ExitStatus.DONE;
  }
}
