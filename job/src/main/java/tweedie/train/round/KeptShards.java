package tweedie.train.round;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.rdd.PartitionCoalescer;
import org.apache.spark.rdd.PartitionGroup;
import org.apache.spark.rdd.RDD;
import org.apache.spark.storage.StorageLevel;
import scala.Option;
import tweedie.data.shard.Shard;
import tweedie.device.TaskResources;
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
  private final Map<String, Integer> numbers = new HashMap<>();

  /** What will be read is kept until this is closed. */
  public KeptShards(JavaSparkContext spark, List<Shard> shards, Place place) {
    this.shards =
        LocatedRdd.rdd(spark, shards, Shard::path, Shard::hosts).map(new Read()).setName("shards");
    if (place != Place.NONE) {
      this.shards.persist(
          place == Place.MEMORY ? StorageLevel.MEMORY_ONLY_SER() : StorageLevel.DISK_ONLY());
    }
    shards.forEach(shard -> numbers.put(shard.path(), numbers.size()));
  }

  /** The shards of a round, one partition for each share of the plan. */
  JavaRDD<PackedShard> dealt(RoundPlan plan) {
    int[][] shares =
        plan.shares().stream()
            .map(share -> share.shards().stream().mapToInt(numbers::get).toArray())
            .toArray(int[][]::new);
    return shards
        .rdd()
        .coalesce(shares.length, false, Option.apply(new Deal(shares)), null)
        .toJavaRDD();
  }

  /** Reads a shard in a task. */
  private record Read() implements Function<String, PackedShard>, Serializable {

    @Override
    public PackedShard call(String path) {
      return PackedShard.read(path, TaskResources.hadoop());
    }
  }

  /**
   * Puts the partitions of shards together to those of workers, in the order of the plan. Spark
   * insists on Scala's kind of serializable.
   */
  private record Deal(int[][] shares) implements PartitionCoalescer, scala.Serializable {

    @Override
    public PartitionGroup[] coalesce(int most, RDD<?> shards) {
      PartitionGroup[] groups = new PartitionGroup[shares.length];
      for (int i = 0; i < groups.length; i++) {
        groups[i] = new PartitionGroup(Option.empty());
        for (int number : shares[i]) {
          groups[i].partitions().$plus$eq(shards.partitions()[number]);
        }
      }
      return groups;
    }
  }

  /** Whether they are kept anywhere. */
  boolean keeps() {
    return shards.getStorageLevel().isValid();
  }

  @Override
  public void close() {
    if (keeps() && !shards.context().isStopped()) {
      shards.unpersist(false);
    }
  }
}
