package tweedie.driver.model;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import tweedie.data.ImageShape;
import tweedie.network.NetworkDenoiser;
import tweedie.score.ConditionalDenoiser;
import tweedie.score.Denoiser;
import tweedie.score.DifferentiableDenoiser;

/** What is sampled, in a form that travels: plain arrays, from which a task makes the denoiser. */
public interface RunModel extends Serializable {

  /** What it is, for people; two models of one name are the same. */
  String name();

  /** Differs between models of one name, as far as that can happen. */
  default String fingerprint() {
    return name();
  }

  /** The round after which it had its weights; 0 of a model that was not trained. */
  default int round() {
    return 0;
  }

  ImageShape shape();

  /** A denoiser for one task; closing it does not end the model. */
  Denoiser denoiser();

  /**
   * A denoiser for one task that knows its Jacobian; closing it does not end the model.
   *
   * @throws UnsupportedOperationException if the model has none
   */
  default DifferentiableDenoiser differentiable() {
    throw new UnsupportedOperationException(name() + " has no Jacobian");
  }

  /** Number of classes that it can be told; 0 for none. */
  default int classes() {
    return 0;
  }

  /**
   * A denoiser for one task that can be told classes; closing it does not end the model.
   *
   * @throws UnsupportedOperationException if the model has none
   */
  default ConditionalDenoiser conditional() {
    throw new UnsupportedOperationException(name() + " has no classes");
  }

  /** Whether it is a network. */
  default boolean isNetwork() {
    return false;
  }

  /**
   * The network for one task; closing it does not end the model.
   *
   * @throws UnsupportedOperationException if the model is none
   */
  default NetworkDenoiser network() {
    throw new UnsupportedOperationException(name() + " is no network");
  }

  /** The class that each of these chains draws, [n]; -1 where it is not told. */
  default int[] labels(long seed, long[] chains) {
    int[] labels = new int[chains.length];
    Arrays.fill(labels, -1);
    return labels;
  }

  /**
   * The largest batch whose native memory stays within so many bytes, at least 1.
   *
   * @param bytes that a task may take
   */
  default int largestBatch(long bytes) {
    return Integer.MAX_VALUE;
  }

  /**
   * By what the mixing of a walk is judged.
   *
   * @param s noise of the walk
   */
  default List<WalkStatistic> walkStatistics(double s) {
    return WalkStatistic.projections(shape().dimension());
  }

  /** Whether it is led by a guide, and its score that of no density. */
  default boolean isGuided() {
    return false;
  }

  /** Whether it looks at the copies themselves, not only at their mean. */
  default boolean seesCopies() {
    return false;
  }

  /**
   * Says beforehand how long a job takes, where that is worth saying.
   *
   * @param calls of the denoiser for each batch
   */
  default void announce(JavaSparkContext spark, int batches, int batchSize, long calls) {}

  /** Frees what this process keeps for tasks to come. */
  default void free() {}
}
