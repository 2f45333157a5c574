package tweedie.driver.command;

import java.util.Optional;
import picocli.CommandLine.Option;
import tweedie.driver.run.AveragedCheckpoint;
import tweedie.driver.run.CheckpointChoice;

/** {@code --checkpoint}. */
final class CheckpointOption {

  @Option(
      names = "--checkpoint",
      paramLabel = "ROUND|best|newest",
      description =
          "Takes the checkpoint of this round, or the one with the least loss; newest unless given.")
  private Optional<CheckpointChoice> given;

  @Option(
      names = "--ema",
      paramLabel = "LENGTH",
      converter = OptionConverters.AverageLength.class,
      description =
          "Averages the weights over this share of training, such as 0.1, out of the averages of all"
              + " checkpoints that were kept.")
  private Optional<Double> ema;

  boolean isGiven() {
    return given.isPresent() || ema.isPresent();
  }

  CheckpointChoice choice() {
    CheckpointChoice chosen = given.orElse(CheckpointChoice.NEWEST);
    return ema.isPresent() ? new AveragedCheckpoint(chosen, ema.get()) : chosen;
  }
}
