package tweedie.evaluate.samples;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import tweedie.network.ClassNetwork;

/**
 * What a classifier says of n images.
 *
 * @param classes number of classes K
 * @param probabilities of each class, [n, K]
 * @param features the last hidden layer, [n, {@link ClassNetwork#FEATURES}]
 */
public record Classified(int classes, float[] probabilities, float[] features)
    implements Serializable {

  private static final int BATCH = 256;

  /** What a network of {@code classes} classes says of rows, [n, d]. */
  static Classified of(ClassNetwork network, int classes, float[] rows, int d) {
    int n = rows.length / d;
    float[] probabilities = new float[n * classes];
    float[] features = new float[n * ClassNetwork.FEATURES];
    for (int from = 0; from < n; from += BATCH) {
      int count = Math.min(BATCH, n - from);
      float[] p = new float[count * classes];
      float[] f = new float[count * ClassNetwork.FEATURES];
      network.classify(Arrays.copyOfRange(rows, from * d, (from + count) * d), count, p, f);
      System.arraycopy(p, 0, probabilities, from * classes, p.length);
      System.arraycopy(f, 0, features, from * ClassNetwork.FEATURES, f.length);
    }
    return new Classified(classes, probabilities, features);
  }

  /** Number of images n. */
  public int images() {
    return probabilities.length / classes;
  }

  /** The most probable class of image i; the first of several. */
  public int label(int i) {
    int best = 0;
    for (int k = 1; k < classes; k++) {
      best = probability(i, k) > probability(i, best) ? k : best;
    }
    return best;
  }

  /** The most probable class of each image, [n]. */
  public int[] labels() {
    return IntStream.range(0, images()).map(this::label).toArray();
  }

  /** The probability of the most probable class of image i. */
  public double confidence(int i) {
    return probability(i, label(i));
  }

  /** -sum_k p_k ln p_k of image i, in nats; 0 for a sure answer, ln K for none. */
  public double entropy(int i) {
    double entropy = 0;
    for (int k = 0; k < classes; k++) {
      double p = probability(i, k);
      entropy -= p > 0 ? p * Math.log(p) : 0;
    }
    return entropy;
  }

  private float probability(int i, int k) {
    return probabilities[i * classes + k];
  }
}
