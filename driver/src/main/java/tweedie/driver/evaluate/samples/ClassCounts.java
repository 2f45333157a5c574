package tweedie.driver.evaluate.samples;

import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import tweedie.data.DataException;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardedData;

/** How many images of a data set are of which class. */
final class ClassCounts {

  private static final int FEWEST_CLASSES = 2;

  /** Labels are counted as they stand, so a label far out is a mistake, not a class. */
  private static final int MOST_CLASSES = 10_000;

  private ClassCounts() {}

  /**
   * Counts in one Spark job that reads the labels only.
   *
   * @return images of each class 0..K-1, [K]; empty if no image has a label
   * @throws DataException if only some images have labels, or all have the same
   */
  static long[] of(SparkSession session, ShardedData data) {
    SortedMap<Integer, Long> counts = new TreeMap<>();
    String[] paths = data.shards().stream().map(Shard::path).toArray(String[]::new);
    for (Row row : session.read().parquet(paths).groupBy("label").count().collectAsList()) {
      counts.put(row.getInt(0), row.getLong(1));
    }
    String place = "The data set of " + paths[0];
    long unlabelled = counts.headMap(0).values().stream().mapToLong(Long::longValue).sum();
    if (unlabelled == data.images()) {
      return new long[0];
    }
    if (unlabelled > 0) {
      throw new DataException(
          "%s has %d images without a label among %d; a classifier needs all labels, or none"
              .formatted(place, unlabelled, data.images()));
    }
    int classes = counts.lastKey() + 1;
    if (classes > MOST_CLASSES) {
      throw new DataException(
          "%s has the label %d; classes are numbered from 0 and at most %d"
              .formatted(place, counts.lastKey(), MOST_CLASSES));
    }
    if (counts.size() < FEWEST_CLASSES) {
      throw new DataException(
          "%s has one class only, %d; a classifier needs two".formatted(place, counts.lastKey()));
    }
    long[] images = new long[classes];
    counts.forEach((label, count) -> images[label] = count);
    return images;
  }
}
