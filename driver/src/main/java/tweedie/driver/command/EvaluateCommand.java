package tweedie.driver.command;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tweedie.data.PixelRange;
import tweedie.driver.evaluate.EvaluateRequest;
import tweedie.driver.evaluate.FeatureRequest;
import tweedie.driver.evaluate.Measurable;
import tweedie.driver.run.RunDirectory;

/** {@code tweedie evaluate}. */
@Command(
    name = "evaluate",
    description = {
      "Measures a run and writes evaluation/NAME.json in its directory.",
      "The run's settings hold unless --conf or -D override them.",
      "",
      "Ends with 3 if another process measures the same likelihood."
    },
    footer = {
      "",
      "Example:",
      "  tweedie evaluate --run runs/mnist --data data/mnist-test-shards --what samples"
    })
final class EvaluateCommand extends ActionCommand {

  @Mixin private RunOption run;
  @Mixin private CheckpointOption checkpoint;
  @Mixin private ConfigOptions config;

  @Option(
      names = "--data",
      paramLabel = "URI",
      description =
          "Shards of real images to compare with, best such that were not trained on; those of"
              + " tweedie.data.path unless given.")
  private Optional<Path> data;

  @Option(
      names = "--what",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "samples",
      description =
          "What is measured, separated by commas: ${COMPLETION-CANDIDATES}. ${DEFAULT-VALUE} unless"
              + " given.")
  private List<Measurable> what;

  @Option(
      names = "--samples",
      paramLabel = "NAME",
      description =
          "Directory in samples/ of the run, or URI of a .npz file (arr_0, [n, height, width,"
              + " channel]) or a folder of images of any other system; every directory in samples/"
              + " unless given.")
  private Optional<Path> samples;

  @Option(
      names = "--scale",
      paramLabel = "LOW:HIGH",
      description =
          "What black and white are in a .npz file of floats, such as 0:255; what is outside is"
              + " cut off. Without it such samples must be in [0, 1].")
  private Optional<PixelRange> scale;

  @Option(
      names = "--features",
      paramLabel = "URI",
      description =
          "ONNX file of a network whose features are compared too, as by Frechet distance (FID) and"
              + " KID; docs/evaluation.md says what it must take. Needs a build with -Ponnx.")
  private Optional<Path> features;

  @Option(
      names = "--features-reference",
      paramLabel = "URI",
      description =
          "A .npz file with mu and sigma of such features of other images, from which the Frechet"
              + " distance is given too.")
  private Optional<Path> reference;

  @Override
  public Integer call() throws IOException {
    if (scale.isPresent() && samples.isEmpty()) {
      throw wrong("--scale is for the samples of --samples FILE.npz");
    }
    if (features.isPresent() && !what.contains(Measurable.SAMPLES)) {
      throw wrong("--features is for --what samples");
    }
    if (reference.isPresent() && features.isEmpty()) {
      throw wrong("--features-reference is for the features of --features FILE.onnx");
    }
    actions()
        .evaluate(
            new EvaluateRequest(
                what.stream().distinct().toList(),
                run.path(),
                data,
                samples,
                scale,
                features.map(network -> new FeatureRequest(network, reference)),
                checkpoint.choice(),
                config.load(RunDirectory.readConfig(run.path()))),
            sessions("tweedie evaluate " + run.path()));
    return ExitStatus.DONE;
  }
}
