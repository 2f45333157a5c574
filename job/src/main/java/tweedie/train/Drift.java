package tweedie.train;

import java.util.List;
import java.util.OptionalDouble;

/**
 * How far the workers moved apart in a round, before they were averaged.
 *
 * @param distance the root mean square distance of their weights from the mean, both weighted by
 *     images, relative to how far the mean moved; 0 for one worker
 * @param cosine mean over pairs of workers of the cosine between their moves: 1 where all went the
 *     same way, near 0 where they agree on nothing; none for fewer than two workers that moved
 */
record Drift(double distance, OptionalDouble cosine) {

  /** The drift of workers that started from these weights. */
  static Drift of(float[] start, List<WorkerResult> results) {
    List<WorkerResult> trained = RoundAverage.trained(results);
    if (trained.isEmpty()) {
      return new Drift(0, OptionalDouble.empty());
    }
    float[] mean = RoundAverage.floats(RoundAverage.mean(trained, WorkerResult::parameters));
    double apart = 0;
    for (WorkerResult result : trained) {
      apart += result.images() * squaredDistance(result.parameters(), mean);
    }
    double moved = squaredDistance(start, mean);
    return new Drift(
        apart == 0 ? 0 : Math.sqrt(apart / RoundAverage.images(trained) / moved),
        cosine(start, trained.stream().map(WorkerResult::parameters).toList()));
  }

  /** The squared length of the sum of K unit vectors is K plus twice the sum over pairs. */
  private static OptionalDouble cosine(float[] start, List<float[]> ends) {
    double[] sum = new double[start.length];
    int moved = 0;
    for (float[] end : ends) {
      double length = Math.sqrt(squaredDistance(start, end));
      if (length > 0) {
        moved++;
        for (int i = 0; i < sum.length; i++) {
          sum[i] += ((double) end[i] - start[i]) / length;
        }
      }
    }
    if (moved < 2) {
      return OptionalDouble.empty();
    }
    double squared = 0;
    for (double value : sum) {
      squared += value * value;
    }
    return OptionalDouble.of((squared - moved) / moved / (moved - 1));
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
