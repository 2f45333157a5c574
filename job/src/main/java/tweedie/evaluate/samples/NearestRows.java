package tweedie.evaluate.samples;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.HalfSamples;

/**
 * For each of n rows the nearest row of a data set and how far away it is (Euclidean), over some of
 * the data; those over other data can be merged. Samples that lie nearer to the training data than
 * real images do which were not trained on are copies of it.
 */
public final class NearestRows implements Serializable {

  private static final long serialVersionUID = 1L;

  private final double[] squared;
  private final long[] ids;

  /** No data yet. */
  public NearestRows(int rows) {
    squared = new double[rows];
    Arrays.fill(squared, Double.POSITIVE_INFINITY);
    ids = new long[rows];
  }

  /** Adds the distance of a row to the image {@code id} of the data. */
  public void add(int row, long id, double squaredDistance) {
    // of equals the lowest id, so that the order of the data does not matter
    if (squaredDistance < squared[row] || squaredDistance == squared[row] && id < ids[row]) {
      squared[row] = squaredDistance;
      ids[row] = id;
    }
  }

  /** Takes the nearer of the two for each row. */
  public NearestRows merge(NearestRows other) {
    for (int row = 0; row < squared.length; row++) {
      add(row, other.ids[row], other.squared[row]);
    }
    return this;
  }

  /** Distance of a row to the nearest image. */
  public double distance(int row) {
    return Math.sqrt(squared[row]);
  }

  /** The image nearest to a row. */
  public long id(int row) {
    return ids[row];
  }

  /** Mean distance of the rows from..to-1. */
  public Estimate meanDistance(int from, int to) {
    return HalfSamples.ofMean(distances(from, to - from));
  }

  /**
   * Mean distance of the n rows from {@code first} on over that of the n rows from {@code second}
   * on; below 1 where the first lie nearer to the data.
   */
  public Estimate ratio(int first, int second, int n) {
    return HalfSamples.ratioOfMeans(distances(first, n), distances(second, n));
  }

  private double[] distances(int from, int n) {
    return IntStream.range(from, from + n).mapToDouble(this::distance).toArray();
  }
}
