package tweedie.driver.run;

import java.io.IOException;
import java.util.Optional;
import tweedie.data.DataException;
import tweedie.train.checkpoint.Checkpoint;
import tweedie.train.checkpoint.Checkpoints;

/** Which checkpoint of a run is meant. */
public interface CheckpointChoice {

  /** The newest one that is whole. */
  CheckpointChoice NEWEST = Checkpoints::latest;

  /** The one with the least loss, see {@link Checkpoints#best}. */
  CheckpointChoice BEST = Checkpoints::best;

  /** What the words newest and best and the number of a round mean; empty for anything else. */
  static Optional<CheckpointChoice> of(String text) {
    return switch (text) {
      case "newest" -> Optional.of(NEWEST);
      case "best" -> Optional.of(BEST);
      default ->
          text.matches("\\d{1,9}")
              ? Optional.of(new OfRound(Integer.parseInt(text)))
              : Optional.empty();
    };
  }

  /**
   * As {@link #of}, of what has to mean something.
   *
   * @throws DataException if it means nothing
   */
  static CheckpointChoice named(String text) {
    return of(text)
        .orElseThrow(
            () ->
                new DataException(
                    "'" + text + "' is not a round; give its number, best or newest"));
  }

  /** The one of a round. */
  record OfRound(int round) implements CheckpointChoice {
    @Override
    public Optional<Checkpoint> from(Checkpoints checkpoints) throws IOException {
      return Optional.of(checkpoints.load(round));
    }
  }

  /** What is special about it, in words that follow it; empty for nothing. */
  default String words() {
    return "";
  }

  /**
   * Reads the checkpoint; empty where the run has none.
   *
   * @throws tweedie.data.DataException if it is damaged, or not there and named by its round
   */
  Optional<Checkpoint> from(Checkpoints checkpoints) throws IOException;
}
