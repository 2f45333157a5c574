package tweedie.driver.command;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tweedie.driver.action.Actions;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.run.RunConfig;
import tweedie.driver.train.TrainRequest;

/** {@code tweedie train}. */
@Command(
    name = "train",
    description = {
      "Trains a model, or continues the run if it has checkpoints.",
      "Without --conf, a run that exists keeps its settings.",
      "",
      "Ends with 3 if another process trains the run."
    },
    footer = {
      "",
      "Example:",
      "  tweedie train --conf conf/mnist.conf --run runs/mnist \\",
      "      -D tweedie.data.path=data/mnist-shards"
    })
final class TrainCommand implements Callable<Integer> {

  private final Actions applications;

  @Mixin private HelpOption help;
  @Mixin private RunOption run;
  @Mixin private ConfigOptions config;
  @Mixin private SparkOptions spark;

  @Option(
      names = "--allow-change",
      description =
          "Lets a run go on with another learning rate, decay or the like; what cannot change is refused all the same.")
  private boolean allowChange;

  TrainCommand(Actions applications) {
    this.applications = applications;
  }

  @Override
  public Integer call() throws IOException {
    LoadedSettings loaded =
        config.load(config.hasFile() ? Optional.empty() : RunConfig.read(run.path()));
    if (loaded.settings().data().path().isEmpty()) {
      throw new ConfigException(
          loaded.problem(
              "tweedie.data.path", "must name the directory of shards that import wrote"));
    }
    TrainRequest.Changes changes =
        allowChange ? TrainRequest.Changes.ALLOW : TrainRequest.Changes.REFUSE;
    applications.train(
        new TrainRequest(run.path(), loaded, changes),
        spark.sessions("tweedie train " + run.path()));
    return ExitStatus.DONE;
  }
}
