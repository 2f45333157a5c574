package tweedie.driver.command;

import java.util.Optional;
import picocli.CommandLine.Option;
import tweedie.driver.run.CheckpointChoice;

/** {@code --checkpoint}. */
final class CheckpointOption {

  @Option(
      names = "--checkpoint",
      paramLabel = "ROUND|best|newest",
      description =
          "Takes the checkpoint of this round, or the one with the least loss; newest unless given.")
  private Optional<CheckpointChoice> given;

  boolean isGiven() {
    return given.isPresent();
  }

  CheckpointChoice choice() {
    return given.orElse(CheckpointChoice.NEWEST);
  }
}
