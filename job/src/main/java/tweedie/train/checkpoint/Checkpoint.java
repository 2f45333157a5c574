package tweedie.train.checkpoint;

import java.util.Optional;
import tweedie.network.NetworkSettings;
import tweedie.train.round.TrainingState;

/**
 * All that a run needs to go on, and where it comes from.
 *
 * @param network the architecture
 * @param state weights, moments, moving average and clock
 * @param origin what it was trained with; empty for checkpoints of format 1, which did not say it
 */
public record Checkpoint(NetworkSettings network, TrainingState state, Optional<Origin> origin) {

  /**
   * What a state was trained with.
   *
   * @param config all settings, as HOCON
   * @param data the data
   * @param losses how good it is
   */
  public record Origin(String config, TrainedData data, CheckpointLosses losses) {}
}
