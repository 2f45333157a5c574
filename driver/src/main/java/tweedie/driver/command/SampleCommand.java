package tweedie.driver.command;

import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tweedie.driver.run.RunDirectory;
import tweedie.driver.sample.SampleRequest;
import tweedie.driver.sample.SampleRequest.Pictures;
import tweedie.driver.sample.SampleRequest.Schedule;

/** {@code tweedie sample}. */
@Command(
    name = "sample",
    description = {
      "Draws samples from a trained run, or goes on where an earlier call ended.",
      "The run's settings hold unless --conf or -D override them.",
      "",
      "Ends with 3 if another process draws samples of the same name."
    },
    footer = {"", "Example:", "  tweedie sample --run runs/mnist --count 64"})
final class SampleCommand extends ActionCommand {

  @Mixin private RunOption run;
  @Mixin private CheckpointOption checkpoint;
  @Mixin private ConfigOptions config;

  private static final int MOST_SAMPLES = 10_000_000;

  @Option(names = "--count", required = true, paramLabel = "N", description = "Number of samples.")
  private int count;

  @Option(names = "--animate", description = "Also draws chains.gif: how the first chains form.")
  private boolean animate;

  @Option(
      names = "--force",
      description = "Draws even where the noise levels and steps cannot work.")
  private boolean force;

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description = "Stands for -D tweedie.sample.method=NAME.")
  private Optional<String> method;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Stands for -D tweedie.sample.name=NAME.")
  private Optional<String> name;

  @Option(
      names = "--classes",
      paramLabel = "each|data|none|CLASS,..",
      description = "Stands for -D tweedie.sample.classes=...")
  private Optional<String> classes;

  @Option(
      names = "--guide",
      paramLabel = "RUN[@ROUND]",
      description = "Stands for -D tweedie.sample.guidance.guide=RUN[@ROUND].")
  private Optional<String> guide;

  @Option(
      names = "--guidance",
      paramLabel = "W",
      description = "Stands for -D tweedie.sample.guidance.weight=W.")
  private Optional<String> guidance;

  @Override
  public Integer call() throws IOException {
    if (count < 1) {
      throw wrong("--count must be at least 1, not " + count);
    }
    if (count > MOST_SAMPLES) {
      throw wrong("--count must be at most %d, not %d".formatted(MOST_SAMPLES, count));
    }
    method.ifPresent(value -> config.override("tweedie.sample.method", value));
    name.ifPresent(value -> config.override("tweedie.sample.name", value));
    classes.ifPresent(value -> config.override("tweedie.sample.classes", value));
    guide.ifPresent(value -> config.override("tweedie.sample.guidance.guide", value));
    guidance.ifPresent(value -> config.override("tweedie.sample.guidance.weight", value));
    actions()
        .sample(
            new SampleRequest(
                run.path(),
                count,
                checkpoint.choice(),
                force ? Schedule.ANY : Schedule.SOUND,
                animate ? Pictures.MOVING : Pictures.STILL,
                config.load(RunDirectory.readConfig(run.path()))),
            sessions("tweedie sample " + run.path()));
    return ExitStatus.DONE;
  }
}
