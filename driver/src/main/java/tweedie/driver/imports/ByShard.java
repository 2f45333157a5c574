package tweedie.driver.imports;

import org.apache.spark.Partitioner;

/** Brings images to their shards by their ids. */
final class ByShard extends Partitioner {

  private static final long serialVersionUID = 1L;

  private final int shards;
  private final int imagesPerShard;

  ByShard(int shards, int imagesPerShard) {
    this.shards = shards;
    this.imagesPerShard = imagesPerShard;
  }

  @Override
  public int numPartitions() {
    return shards;
  }

  @Override
  public int getPartition(Object id) {
    return (int) ((long) id / imagesPerShard);
  }
}
