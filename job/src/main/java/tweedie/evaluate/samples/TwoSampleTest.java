package tweedie.evaluate.samples;

import org.apache.commons.math3.special.Beta;
import tweedie.data.ImageShape;
import tweedie.evaluate.MultipleTests;
import tweedie.network.ClassNetwork;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * The classifier two-sample test (Lopez-Paz and Oquab 2017, arXiv 1610.06545): a fresh classifier
 * learns to tell the even rows of two sets of n rows apart, and its accuracy is that on the odd
 * ones. Where both sets are drawn from one distribution, the number of right answers is binomial
 * with probability 1/2, whatever the classifier has learned.
 *
 * <p>The classifier is a {@link ClassNetwork} of two classes; on vectors, whose height and width
 * are 1, its convolutions are dense layers.
 */
public final class TwoSampleTest {

  /** Rows seen in training, of both sets. */
  private static final long ROWS_SEEN = 30_000;

  /** Small sets are not seen more often than this. */
  private static final int MOST_EPOCHS = 40;

  private static final double HALF = 0.5;

  private TwoSampleTest() {}

  /**
   * The accuracy on the odd rows: 1/2 in the mean for equal distributions, 1 for sets that share
   * nothing. Trains in the calling thread.
   *
   * @param first [n, d]
   * @param second [n, d]
   * @param shape of the rows, of d values
   * @param seed of weights and order
   * @throws IllegalArgumentException if the sets have different sizes
   */
  public static Accuracy accuracy(float[] first, float[] second, ImageShape shape, long seed) {
    if (first.length != second.length) {
      throw new IllegalArgumentException(
          "Two sets of one size are compared, not of %d and %d values"
              .formatted(first.length, second.length));
    }
    int d = shape.dimension();
    int n = first.length / d;
    float[][] sets = {first, second};
    try (ClassNetwork network = new ClassNetwork(settings(sets, shape), seed)) {
      train(network, sets, d, seed);
      int correct = 0;
      for (int label = 0; label < 2; label++) {
        for (int said : Classified.of(network, 2, odd(sets[label], d), d).labels()) {
          correct += said == label ? 1 : 0;
        }
      }
      return new Accuracy(correct, 2 * (n / 2));
    }
  }

  /**
   * How likely a number of right answers as far from one half is where the distributions are equal.
   * Fewer than one half is bad too: a copy among the odd rows of one set of an even row of the
   * other is taken for the other.
   */
  public static double pValue(Accuracy accuracy) {
    int k = accuracy.correct();
    int n = accuracy.images();
    return MultipleTests.twoSided(atLeast(k, n), atLeast(n - k, n));
  }

  /** P(X >= k) as an incomplete beta function: without the cancellation in 1 - P(X < k). */
  private static double atLeast(int k, int n) {
    return k == 0 ? 1 : Beta.regularizedBeta(HALF, k, n - k + 1.0);
  }

  private static ClassNetwork.Settings settings(float[][] sets, ImageShape shape) {
    double sum = 0;
    double squares = 0;
    long count = 2L * sets[0].length;
    for (float[] set : sets) {
      for (float value : set) {
        sum += value;
      }
    }
    double mean = sum / count;
    for (float[] set : sets) {
      for (float value : set) {
        squares += (value - mean) * (value - mean);
      }
    }
    double std = Math.sqrt(squares / count);
    return new ClassNetwork.Settings(shape, 2, mean, std > 0 ? std : 1);
  }

  private static void train(ClassNetwork network, float[][] sets, int d, long seed) {
    int half = (sets[0].length / d + 1) / 2;
    long total = ClassTraining.whole(Math.min(ROWS_SEEN, 2L * MOST_EPOCHS * half));
    ClassTraining training = new ClassTraining(network, d, total, seen -> {});
    for (int epoch = 0; !training.done(); epoch++) {
      for (int i : Draws.of(seed, Purpose.EVALUATION, epoch, 2).permutation(2 * half)) {
        training.add(sets[i % 2], i / 2 * 2 * d, i % 2);
      }
    }
  }

  private static float[] odd(float[] set, int d) {
    int half = set.length / d / 2;
    float[] odd = new float[half * d];
    for (int i = 0; i < half; i++) {
      System.arraycopy(set, (2 * i + 1) * d, odd, i * d, d);
    }
    return odd;
  }
}
