package tweedie.driver.model;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import tweedie.data.ImageShape;

/** A model made of another, which it is like in everything but what it answers. */
interface DerivedModel extends RunModel {

  /** The model it is made of. */
  RunModel of();

  @Override
  default int round() {
    return of().round();
  }

  @Override
  default ImageShape shape() {
    return of().shape();
  }

  @Override
  default int largestBatch(long bytes) {
    return of().largestBatch(bytes);
  }

  @Override
  default List<WalkStatistic> walkStatistics(double s) {
    return of().walkStatistics(s);
  }

  @Override
  default boolean isGuided() {
    return of().isGuided();
  }

  @Override
  default boolean seesCopies() {
    return of().seesCopies();
  }

  @Override
  default int classes() {
    return of().classes();
  }

  @Override
  default int[] labels(long seed, long[] chains) {
    return of().labels(seed, chains);
  }

  @Override
  default void announce(JavaSparkContext spark, int batches, int batchSize, long calls) {
    of().announce(spark, batches, batchSize, calls);
  }

  @Override
  default void free() {
    of().free();
  }
}
