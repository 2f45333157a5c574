package tweedie.train.round;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What somebody should look at after a round, in words. */
public final class RoundWarnings {

  /** Drift is compared with its median over so many rounds before. */
  static final int ROUNDS_OF_DRIFT = 5;

  /** Drift beyond this many times that median is warned of. */
  static final double DRIFT_GROWTH = 2;

  /** Memory that grew in each of so many rounds, ... */
  static final int ROUNDS_OF_MEMORY = 5;

  /** ... in all by more than this factor, is warned of. */
  static final double MEMORY_GROWTH = 1.25;

  /** A worker that took more than this many times the median is warned of, ... */
  static final double STRAGGLING = 2;

  /** ... if it took more than this many seconds longer. */
  static final double STRAGGLING_SECONDS = 10;

  private RoundWarnings() {}

  /**
   * The warnings of the last of these rounds.
   *
   * @param rounds of the run so far, in order
   */
  public static List<String> of(List<RoundMetrics> rounds) {
    List<String> warnings = new ArrayList<>();
    drift(rounds).ifPresent(warnings::add);
    memory(rounds, "A worker's process", RoundMetrics::workerBytes).ifPresent(warnings::add);
    memory(rounds, "The driver", RoundMetrics::driverBytes).ifPresent(warnings::add);
    straggler(rounds.get(rounds.size() - 1)).ifPresent(warnings::add);
    return warnings;
  }

  private static Optional<String> drift(List<RoundMetrics> rounds) {
    int last = rounds.size() - 1;
    if (last < ROUNDS_OF_DRIFT) {
      return Optional.empty();
    }
    double usual =
        median(
            rounds.subList(last - ROUNDS_OF_DRIFT, last).stream()
                .map(RoundMetrics::drift)
                .toList());
    double drift = rounds.get(last).drift();
    return usual > 0 && drift > DRIFT_GROWTH * usual
        ? Optional.of(
            "Drift grew to %.3f in round %d; in the %d rounds before it was about %.3f. Workers move apart: averaging more often (train.averaging.every) or a lower train.learning-rate keeps them together."
                .formatted(drift, rounds.get(last).round(), ROUNDS_OF_DRIFT, usual))
        : Optional.empty();
  }

  private static Optional<String> memory(
      List<RoundMetrics> rounds, String whose, ToDoubleFunction<RoundMetrics> bytes) {
    int last = rounds.size() - 1;
    int first = last - ROUNDS_OF_MEMORY;
    if (first < 0) {
      return Optional.empty();
    }
    for (int i = first; i < last; i++) {
      if (bytes.applyAsDouble(rounds.get(i + 1)) <= bytes.applyAsDouble(rounds.get(i))) {
        return Optional.empty();
      }
    }
    double before = bytes.applyAsDouble(rounds.get(first));
    double now = bytes.applyAsDouble(rounds.get(last));
    return before > 0 && now > MEMORY_GROWTH * before
        ? Optional.of(
            "%s grew in each of the last %d rounds, from %.0f to %.0f MB. If it goes on, it will be killed for its memory."
                .formatted(whose, ROUNDS_OF_MEMORY, before / 1e6, now / 1e6))
        : Optional.empty();
  }

  private static Optional<String> straggler(RoundMetrics round) {
    List<Double> seconds = round.workerSeconds();
    if (seconds == null || seconds.size() < 2) {
      return Optional.empty();
    }
    double usual = median(seconds);
    double slowest = round.slowestWorkerSeconds();
    return slowest > STRAGGLING * usual && slowest > usual + STRAGGLING_SECONDS
        ? Optional.of(
            "Worker %d took %.0f s in round %d, the median is %.0f s. The round waited for it: its machine is slow or shared, or its shards are larger."
                .formatted(seconds.indexOf(slowest), slowest, round.round(), usual))
        : Optional.empty();
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }
}
