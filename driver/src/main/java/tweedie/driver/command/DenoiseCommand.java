package tweedie.driver.command;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tweedie.driver.denoise.DenoiseRequest;
import tweedie.driver.denoise.DenoiseRequest.Given;
import tweedie.driver.denoise.DenoiseRequest.How;
import tweedie.driver.run.RunDirectory;

/** {@code tweedie denoise}. */
@Command(
    name = "denoise",
    description = {
      "Denoises given pictures with a trained run: the posterior mean at a given noise.",
      "They have the height and width of the images the run was trained on. Needs no cluster: --master has no effect."
    },
    footer = {
      "",
      "Example:",
      "  tweedie denoise --run runs/mnist --input noisy --sigma 0.5 --out clean",
      "  tweedie denoise --run runs/mnist --copies a.png,b.png --sigma 0.5 --out c.png"
    })
final class DenoiseCommand extends ActionCommand {

  @Mixin private RunOption run;
  @Mixin private CheckpointOption checkpoint;
  @Mixin private ConfigOptions config;

  @Option(
      names = "--input",
      arity = "1..*",
      paramLabel = "URI",
      description = "Pictures, directories or patterns; each picture is denoised alone.")
  private List<String> input = List.of();

  @Option(
      names = "--copies",
      split = ",",
      paramLabel = "URI",
      description = "Noisy pictures of one scene, which are fused.")
  private List<String> copies = List.of();

  @Option(
      names = "--sigma",
      required = true,
      paramLabel = "S",
      description =
          "Standard deviation of the noise on each picture, where black is 0 and white is 1.")
  private double sigma;

  private static final double LARGEST_NOISE = 1e9;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "URI",
      description =
          "What to write, which must not exist: a directory for --input, a PNG file for --copies.")
  private Path out;

  @Option(
      names = "--add-noise",
      description = "The pictures are clean: adds the noise first, and says what was won.")
  private boolean addNoise;

  @Option(names = "--seed", paramLabel = "N", description = "Stands for -D tweedie.seed=N.")
  private Optional<String> seed;

  @Override
  public Integer call() throws IOException {
    if (!(sigma > 0) || sigma > LARGEST_NOISE) {
      throw wrong(
          "--sigma must be %s, not %s"
              .formatted(sigma > 0 ? "at most " + LARGEST_NOISE : "a positive number", sigma));
    }
    boolean fused = !copies.isEmpty();
    if (fused != input.isEmpty()) {
      throw wrong("Pictures are given by either --input or --copies");
    }
    if (fused && !out.getName().endsWith(".png")) {
      throw wrong("--out must name a .png file for --copies, not " + out.getName());
    }
    seed.ifPresent(value -> config.override("tweedie.seed", value));
    actions()
        .denoise(
            new DenoiseRequest(
                run.path(),
                fused ? How.FUSED : How.EACH,
                fused ? copies : input,
                sigma,
                addNoise ? Given.CLEAN : Given.NOISY,
                out,
                checkpoint.choice(),
                config.load(RunDirectory.readConfig(run.path()))));
    return ExitStatus.DONE;
  }
}
