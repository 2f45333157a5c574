package tweedie.train;

import java.util.List;
import java.util.function.Function;

/**
 * The mean of the workers' results, weighted by the images each has seen (McMahan et al. 2017,
 * arXiv 1602.05629), of parameters, Adam moments and moving average alike. Sums are taken in
 * double, in the order of the workers, so they do not depend on which worker was first.
 */
final class Averaging {

  private Averaging() {}

  /** The shared state after a round. */
  static TrainingState average(TrainingState start, List<WorkerResult> results) {
    return new TrainingState(
        start.round() + 1,
        start.images() + images(results),
        start.steps() + results.stream().mapToInt(WorkerResult::steps).max().orElse(0),
        mean(results, WorkerResult::parameters),
        mean(results, WorkerResult::moments),
        mean(results, WorkerResult::ema));
  }

  static long images(List<WorkerResult> results) {
    return results.stream().mapToLong(WorkerResult::images).sum();
  }

  private static float[] mean(List<WorkerResult> results, Function<WorkerResult, float[]> part) {
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
    float[] mean = new float[sum.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) sum[i];
    }
    return mean;
  }

  /**
   * How far the workers moved apart in a round before averaging: the root mean square distance of
   * their parameters from the mean, relative to how far the mean moved. 0 for one worker.
   */
  static double drift(TrainingState start, TrainingState end, List<WorkerResult> results) {
    double apart = 0;
    for (WorkerResult result : results) {
      if (result.images() > 0) {
        apart += result.images() * squaredDistance(result.parameters(), end.parameters());
      }
    }
    double moved = squaredDistance(start.parameters(), end.parameters());
    return apart == 0 ? 0 : Math.sqrt(apart / images(results) / moved);
  }

  private static double squaredDistance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      sum += difference * difference;
    }
    return sum;
  }
}
