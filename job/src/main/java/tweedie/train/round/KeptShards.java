package tweedie.train.round;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.storage.StorageLevel;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardRdd;
import tweedie.train.PackedShard;

/**
 * Shards that executors keep once a round has read them: an RDD with a partition for each shard,
 * persisted as serialized bytes, whose partitions every round deals to its workers.
 *
 * <p>Whoever needs a shard that another executor keeps gets it over the network. What does not fit
 * into the memory that Spark has for storage, and what was lost with an executor, is read again.
 */
public final class KeptShards implements AutoCloseable {

  /** Where shards are kept between rounds. */
  public enum Place {
    /** Nowhere: every round reads them. */
    NONE,
    /** In the memory of executors. */
    MEMORY,
    /** On the local disks of executors. */
    DISK
  }

  private final JavaRDD<PackedShard> shards;
  private final boolean readsFiles;
  private final Map<String, Integer> numbers = new HashMap<>();

  /**
   * What will be read is kept until this is closed.
   *
   * @param images of the shards, a partition for each
   * @param inFiles whether rounds can read shards that are not kept, by their paths
   */
  public KeptShards(
      List<Shard> shards, JavaRDD<LabeledImage> images, boolean inFiles, Place place) {
    shards.forEach(shard -> numbers.put(shard.path(), numbers.size()));
    String[] paths = shards.stream().map(Shard::path).toArray(String[]::new);
    this.shards = images.mapPartitionsWithIndex(new Pack(paths), true).setName("shards");
    this.readsFiles = inFiles && place == Place.NONE;
    if (place != Place.NONE) {
      this.shards.persist(
          place == Place.MEMORY ? StorageLevel.MEMORY_ONLY_SER() : StorageLevel.DISK_ONLY());
    }
  }

  /** The shards of a round, one partition for each share of the plan. */
  JavaRDD<PackedShard> dealt(RoundPlan plan) {
    return ShardRdd.grouped(
        shards,
        plan.shares().stream()
            .map(share -> share.shards().stream().mapToInt(numbers::get).toArray())
            .toArray(int[][]::new));
  }

  /** Packs a shard in a task. */
  private record Pack(String[] paths)
      implements Function2<Integer, Iterator<LabeledImage>, Iterator<PackedShard>> {

    @Override
    public Iterator<PackedShard> call(Integer number, Iterator<LabeledImage> images) {
      return List.of(PackedShard.of(paths[number], images)).iterator();
    }
  }

  /** Whether nothing is kept, and rounds read files. */
  boolean readsFiles() {
    return readsFiles;
  }

  @Override
  public void close() {
    if (shards.getStorageLevel().isValid() && !shards.context().isStopped()) {
      shards.unpersist(false);
    }
  }
}
