package tweedie.driver.command;

import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.run.RunDirectory;
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
final class TrainCommand extends ActionCommand {

  @Mixin private RunOption run;
  @Mixin private ConfigOptions config;

  @Option(
      names = "--allow-change",
      description =
          "Lets a run go on with another learning rate, decay or the like; what cannot change is refused all the same.")
  private boolean allowChange;

  @Override
  public Integer call() throws IOException {
    LoadedSettings loaded =
        config.load(config.hasFile() ? Optional.empty() : RunDirectory.readConfig(run.path()));
    if (loaded.settings().data().place().isEmpty()) {
      throw new ConfigException(
          loaded.problem(
              "tweedie.data.path",
              "must name the directory of shards that import wrote, or tweedie.data.table.input a table"));
    }
    TrainRequest.Changes changes =
        allowChange ? TrainRequest.Changes.ALLOW : TrainRequest.Changes.REFUSE;
    actions()
        .train(
            new TrainRequest(run.path(), loaded, changes), sessions("tweedie train " + run.path()));
    return ExitStatus.DONE;
  }
}
