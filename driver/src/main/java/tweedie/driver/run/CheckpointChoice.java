package tweedie.driver.run;

import java.io.IOException;
import java.util.Optional;
import tweedie.train.checkpoint.Checkpoint;
import tweedie.train.checkpoint.Checkpoints;

/** Which checkpoint of a run is meant. */
public interface CheckpointChoice {

  /** The newest one that is whole. */
  CheckpointChoice NEWEST = Checkpoints::latest;

  /** The one with the least loss, see {@link Checkpoints#best}. */
  CheckpointChoice BEST = Checkpoints::best;

  /** The one of a round. */
  record OfRound(int round) implements CheckpointChoice {
    @Override
    public Optional<Checkpoint> from(Checkpoints checkpoints) throws IOException {
      return Optional.of(checkpoints.load(round));
    }
  }

  /**
   * Reads the checkpoint; empty where the run has none.
   *
   * @throws tweedie.data.DataException if it is damaged, or not there and named by its round
   */
  Optional<Checkpoint> from(Checkpoints checkpoints) throws IOException;
}
