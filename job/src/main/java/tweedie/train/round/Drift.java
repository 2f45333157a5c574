package tweedie.train.round;

import java.io.Serializable;
import java.util.List;
import java.util.OptionalDouble;
import tweedie.data.ImageRows;

/**
 * How far the workers moved apart in a round, before they were averaged.
 *
 * @param distance the root mean square distance of their weights from the mean, both weighted by
 *     images, relative to how far the mean moved; 0 for one worker
 * @param cosine mean over pairs of workers of the cosine between their moves: 1 where all went the
 *     same way, near 0 where they agree on nothing; none for fewer than two workers that moved
 */
record Drift(double distance, OptionalDouble cosine) {

  /**
   * Sums over parameters, of some or of all.
   *
   * @param apart squared distances of the workers from their mean, weighted by images
   * @param moved squared move of the mean
   * @param products of the moves of each pair of workers that trained, and of each with itself: (0,
   *     0), (1, 0), (1, 1), (2, 0), ...
   */
  record Sums(double apart, double moved, double[] products) implements Serializable {

    /** The sums over the parameters of both. */
    Sums plus(Sums other) {
      double[] both = products.clone();
      for (int i = 0; i < both.length; i++) {
        both[i] += other.products[i];
      }
      return new Sums(apart + other.apart, moved + other.moved, both);
    }

    /** The drift of the workers with these sums over all parameters. */
    Drift of(List<WorkerResult> results) {
      return new Drift(
          apart == 0 ? 0 : Math.sqrt(apart / RoundAverage.images(results) / moved), cosine());
    }

    private OptionalDouble cosine() {
      double sum = 0;
      int pairs = 0;
      for (int j = 1; index(j, 0) < products.length; j++) {
        for (int k = 0; k < j; k++) {
          double lengths = Math.sqrt(products[index(j, j)]) * Math.sqrt(products[index(k, k)]);
          if (lengths > 0) {
            sum += products[index(j, k)] / lengths;
            pairs++;
          }
        }
      }
      return pairs == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / pairs);
    }

    private static int index(int j, int k) {
      return j * (j + 1) / 2 + k;
    }
  }

  /** What the drift of workers that started from these weights is made of. */
  static Sums sums(float[] start, List<WorkerResult> results) {
    List<WorkerResult> trained = RoundAverage.trained(results);
    double[] products = new double[Sums.index(trained.size(), 0)];
    if (trained.isEmpty()) {
      return new Sums(0, 0, products);
    }
    float[] mean = ImageRows.floats(RoundAverage.mean(trained, WorkerResult::parameters));
    double apart = 0;
    for (int j = 0; j < trained.size(); j++) {
      float[] end = trained.get(j).parameters();
      apart += trained.get(j).images() * squaredDistance(end, mean);
      for (int k = 0; k <= j; k++) {
        products[Sums.index(j, k)] = product(start, end, trained.get(k).parameters());
      }
    }
    return new Sums(apart, squaredDistance(start, mean), products);
  }

  /** The inner product of two moves from one start. */
  private static double product(float[] start, float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < start.length; i++) {
      sum += ((double) a[i] - start[i]) * ((double) b[i] - start[i]);
    }
    return sum;
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
