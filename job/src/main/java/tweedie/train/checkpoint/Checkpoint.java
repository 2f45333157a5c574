package tweedie.train.checkpoint;

import java.util.Optional;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.network.Network;
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

  /**
   * This checkpoint, whose weights are finite and those of its network.
   *
   * @param place where it is, for the message
   * @throws DataException if they are not
   */
  public Checkpoint sound(Path place) {
    try (Network made = new Network(network)) {
      long parameters = made.parameterCount();
      if (state.parameters().length != parameters
          || state.ema().length != parameters
          || state.moments().length == 0
          || state.moments().length % (2 * parameters) != 0) {
        throw new DataException(
            "The checkpoint %s holds %d weights, %d averages of them and %d moments; its network.json is of a network of %d weights."
                .formatted(
                    place,
                    state.parameters().length,
                    state.ema().length,
                    state.moments().length,
                    parameters));
      }
    } catch (IllegalArgumentException e) {
      throw new DataException("The network of %s is none: %s".formatted(place, e.getMessage()), e);
    }
    for (float weight : state.ema()) {
      if (!Float.isFinite(weight)) {
        throw new DataException(
            "The checkpoint %s holds weights that are not finite, such as %s: choose another --checkpoint."
                .formatted(place, weight));
      }
    }
    return this;
  }
}
