package tweedie.train.round;

import java.io.Serializable;
import java.util.List;
import java.util.function.Function;
import tweedie.train.TrainSettings;
import tweedie.train.round.TrainingState.Position;

/**
 * What a round leaves of a range of the parameters: all of it is averaged number by number, or is a
 * sum over numbers, so that a range is averaged like a whole network, and bit for bit as within it.
 *
 * @param state the shared state of the range after the round; null if no worker trained
 * @param drift sums over the range, for {@link Drift}
 * @param noise sums over the range, for {@link GradientNoise}
 * @param results of all workers, in the order of their numbers
 */
record RoundPart(
    TrainingState state, Drift.Sums drift, GradientNoise.Sums noise, List<WorkerResult> results)
    implements Serializable {

  /**
   * What makes the next state out of the workers' results.
   *
   * @param end where the next round begins
   * @param learningRate of the workers' first step
   */
  record Rule(TrainSettings settings, Position end, double learningRate) implements Serializable {

    /**
     * The end of a round in a range.
     *
     * @param start the state in the range before the round
     * @param results in the range, in the order of the workers' numbers
     */
    RoundPart apply(TrainingState start, List<WorkerResult> results) {
      return new RoundPart(
          RoundAverage.trained(results).isEmpty()
              ? null
              : RoundAverage.average(start, settings.averaging(), results, end, learningRate),
          Drift.sums(start.parameters(), results),
          GradientNoise.sums(start, settings, results),
          results);
    }
  }

  /** This without weights, moments and moving averages in its results. */
  RoundPart withoutNumbers() {
    return new RoundPart(
        state, drift, noise, results.stream().map(WorkerResult::withoutNumbers).toList());
  }

  /** This without its results. */
  RoundPart withoutResults() {
    return new RoundPart(state, drift, noise, List.of());
  }

  /** The whole of these parts, in order; the first has the results. */
  static RoundPart joined(List<RoundPart> parts) {
    RoundPart first = parts.get(0);
    return new RoundPart(
        first.state == null ? null : joinedStates(parts.stream().map(RoundPart::state).toList()),
        parts.stream().map(RoundPart::drift).reduce(Drift.Sums::plus).orElseThrow(),
        parts.stream().map(RoundPart::noise).reduce(GradientNoise.Sums::plus).orElseThrow(),
        first.results);
  }

  private static TrainingState joinedStates(List<TrainingState> parts) {
    TrainingState first = parts.get(0);
    return new TrainingState(
        first.round(),
        first.position(),
        first.images(),
        first.steps(),
        joined(parts, TrainingState::parameters),
        joined(parts, TrainingState::moments),
        joined(parts, TrainingState::ema),
        joined(parts, TrainingState::momentum),
        first.halvings());
  }

  private static float[] joined(
      List<TrainingState> parts, Function<TrainingState, float[]> vectors) {
    int length = parts.stream().mapToInt(part -> part.parameters().length).sum();
    int n = vectors.apply(parts.get(0)).length / parts.get(0).parameters().length;
    float[] all = new float[n * length];
    int from = 0;
    for (TrainingState part : parts) {
      int size = part.parameters().length;
      for (int i = 0; i < n; i++) {
        System.arraycopy(vectors.apply(part), i * size, all, i * length + from, size);
      }
      from += size;
    }
    return all;
  }

  /** The numbers from {@code from} to before {@code to} of each of some vectors of this length. */
  static float[] cut(float[] vectors, int length, int from, int to) {
    int n = vectors.length / length;
    float[] part = new float[n * (to - from)];
    for (int i = 0; i < n; i++) {
      System.arraycopy(vectors, i * length + from, part, i * (to - from), to - from);
    }
    return part;
  }
}
