package tweedie.evaluate.samples;

import java.util.function.LongConsumer;
import tweedie.network.ClassNetwork;

/**
 * Collects rows into minibatches and takes a step of a network for each, with a learning rate that
 * falls to 0 along a cosine.
 */
final class ClassTraining {

  private static final int BATCH = 64;
  private static final double LEARNING_RATE = 3e-3;

  private final ClassNetwork network;
  private final int dimension;
  private final long total;
  private final LongConsumer seen;
  private final float[] rows;
  private final int[] labels = new int[BATCH];
  private int filled;
  private long done;

  /**
   * For {@code total} rows, {@link #whole} minibatches; {@code seen} hears of each that is done.
   */
  ClassTraining(ClassNetwork network, int dimension, long total, LongConsumer seen) {
    this.network = network;
    this.dimension = dimension;
    this.total = total;
    this.seen = seen;
    this.rows = new float[BATCH * dimension];
  }

  /** The most rows in whole minibatches among so many. */
  static long whole(long rows) {
    return rows / BATCH * BATCH;
  }

  boolean done() {
    return done >= total;
  }

  /** Adds the row that begins at {@code from}, unless enough were seen. */
  void add(float[] values, int from, int label) {
    if (done()) {
      return;
    }
    System.arraycopy(values, from, rows, filled * dimension, dimension);
    labels[filled] = label;
    filled++;
    if (filled == BATCH) {
      double fallen = 0.5 * (1 + Math.cos(Math.PI * done / total));
      network.step(rows, labels, BATCH, LEARNING_RATE * fallen);
      done += BATCH;
      filled = 0;
      seen.accept(BATCH);
    }
  }
}
