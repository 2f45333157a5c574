package tweedie.train.round;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import tweedie.data.ImageRows;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.Moments;
import tweedie.train.averaging.OuterStep;
import tweedie.train.round.TrainingState.Position;

/**
 * The mean of the workers' results, weighted by the images each has seen (McMahan et al. 2017,
 * arXiv 1602.05629), of parameters, Adam moments and moving average alike. Sums are taken in
 * double, in the order of the workers, so they do not depend on which worker was first.
 */
final class RoundAverage {

  private RoundAverage() {}

  /**
   * The shared state after a round.
   *
   * @param results of the workers, in the order of their numbers
   * @param end where the next round begins
   * @param learningRate of the workers' first step
   */
  static TrainingState average(
      TrainingState start,
      TrainSettings.Averaging averaging,
      List<WorkerResult> results,
      Position end,
      double learningRate) {
    float[] parameters = start.parameters();
    boolean remembers = averaging.outerStep().remembers();
    float[] momentum =
        remembers == start.momentum().length > 0
            ? start.momentum()
            : new float[remembers ? parameters.length : 0];
    OuterStep.Outcome outcome =
        averaging
            .outerStep()
            .after(parameters, mean(results, WorkerResult::parameters), momentum, learningRate);
    return new TrainingState(
        start.round() + 1,
        end,
        start.images() + images(results),
        start.steps() + results.stream().mapToInt(WorkerResult::steps).max().orElse(0),
        outcome.parameters(),
        moments(start, averaging.moments(), results),
        ImageRows.floats(mean(results, WorkerResult::ema)),
        outcome.momentum(),
        start.halvings());
  }

  /** The workers that had images. */
  static List<WorkerResult> trained(List<WorkerResult> results) {
    return results.stream().filter(result -> result.images() > 0).toList();
  }

  static long images(List<WorkerResult> results) {
    return results.stream().mapToLong(WorkerResult::images).sum();
  }

  private static float[] moments(TrainingState start, Moments moments, List<WorkerResult> results) {
    return switch (moments) {
      case MEAN -> ImageRows.floats(mean(results, WorkerResult::moments));
      case RESET -> start.moments();
      case OWN -> own(start, results);
    };
  }

  /** The moments of all workers, one after the other; a worker without images keeps what it had. */
  private static float[] own(TrainingState start, List<WorkerResult> results) {
    int length = 2 * start.parameters().length;
    float[] all = new float[results.size() * length];
    for (WorkerResult result : results) {
      float[] moments = result.images() > 0 ? result.moments() : moments(start, result.worker());
      System.arraycopy(moments, 0, all, result.worker() * length, length);
    }
    return all;
  }

  /** The moments that a worker starts from, [2 P]. */
  static float[] moments(TrainingState start, int worker) {
    int length = 2 * start.parameters().length;
    return start.moments().length == length
        ? start.moments()
        : Arrays.copyOfRange(start.moments(), worker * length, (worker + 1) * length);
  }

  /** The mean of one part of what workers that had images returned. */
  static double[] mean(List<WorkerResult> results, Function<WorkerResult, float[]> part) {
    double total = images(results);
    double[] sum = null;
    for (WorkerResult result : results) {
      if (result.images() > 0) {
        float[] values = part.apply(result);
        sum = sum == null ? new double[values.length] : sum;
        for (int i = 0; i < values.length; i++) {
          sum[i] += result.images() / total * values[i];
        }
      }
    }
    return sum;
  }
}
