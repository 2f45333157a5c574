package tweedie.train;

import java.util.Optional;
import java.util.function.UnaryOperator;
import tweedie.network.NetworkSettings;

/**
 * A term of the loss that has the network treat mirrored images alike: with T the mirroring of left
 * and right, and c its weight,
 *
 * <pre>
 *     w(s) (|D(y) - x|^2 + c |D(y) - t|^2) / d,   t = T D(T y)
 * </pre>
 *
 * <p>where t is taken as it comes out, without a gradient of its own: one call of the network is
 * differentiated, as without the term, and one more is not. Where it is 0 the probability-flow ODE
 * of T x is the mirrored one of x, and so the code of a mirrored image is the mirrored code of the
 * image. For data that are as likely mirrored as not, the posterior mean has the property itself,
 * so the term moves the minimizer of the loss for other data only.
 *
 * <p>With x* = (x + c t) / (1 + c) the two squares are (1 + c) |D(y) - x*|^2 + c / (1 + c) |x -
 * t|^2, of which the second does not hang on D(y): a network learns it from other labels.
 */
public final class MirrorConsistency {

  private final double weight;
  private final NetworkSettings network;

  /** The term of a training, if it has one. */
  public static Optional<MirrorConsistency> of(TrainSettings settings, NetworkSettings network) {
    double weight = settings.regularization().consistency();
    return weight > 0 ? Optional.of(new MirrorConsistency(weight, network)) : Optional.empty();
  }

  /**
   * @param weight c, above 0
   */
  private MirrorConsistency(double weight, NetworkSettings network) {
    this.weight = weight;
    this.network = network;
  }

  /**
   * What a minibatch is to be learned as.
   *
   * @param batch with labels [x*, w (1 + c)]
   * @param rest what the loss of each row is more than these labels say, [n]
   */
  public record Labelled(Minibatch batch, double[] rest) {}

  /**
   * The labels of a minibatch.
   *
   * @param denoise D of n rows, from [n, row length] to [n, d]
   */
  public Labelled labelled(Minibatch batch, UnaryOperator<float[]> denoise) {
    int n = batch.size();
    int d = network.shape().dimension();
    float[] t = network.shape().mirrored(denoise.apply(mirroredRows(batch)));
    float[] labels = batch.labels().clone();
    double[] rest = new double[n];
    for (int i = 0; i < n; i++) {
      int at = i * (d + 1);
      double apart = 0;
      for (int j = 0; j < d; j++) {
        double difference = t[i * d + j] - labels[at + j];
        apart += difference * difference;
        labels[at + j] += (float) (weight / (1 + weight) * difference);
      }
      rest[i] = labels[at + d] * weight / (1 + weight) * apart / d;
      labels[at + d] *= (float) (1 + weight);
    }
    return new Labelled(
        new Minibatch(batch.images(), batch.origins(), batch.noise(), batch.rows(), labels), rest);
  }

  /** All images of all rows mirrored, and the rest of the rows as it is. */
  private float[] mirroredRows(Minibatch batch) {
    float[] rows = batch.rows().clone();
    float[] images = new float[network.noiseAt()];
    for (int i = 0; i < rows.length; i += network.rowLength()) {
      System.arraycopy(rows, i, images, 0, images.length);
      System.arraycopy(network.shape().mirrored(images), 0, rows, i, images.length);
    }
    return rows;
  }
}
