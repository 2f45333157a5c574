package tweedie.driver.imports;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.SourceImage;
import tweedie.driver.imports.Import.Damaged;
import tweedie.driver.imports.PartImages.Item;
import tweedie.driver.imports.PartImages.PartCount;
import tweedie.driver.progress.CountedJob;

/**
 * The images of an intake, read and counted, with the ids 0..n-1 in its order. Pixels never come to
 * the driver.
 *
 * @param opened where they come from
 * @param firstIds of each part, -1 for damaged ones
 * @param images how many there are
 * @param perShard images in every shard but the last
 * @param shape of every image
 * @param skipped damaged files and rows that are left out, as far as they are listed
 * @param damaged how many are left out
 */
record NumberedImages(
    Intake.Opened opened,
    JavaRDD<Item> items,
    long[] firstIds,
    long images,
    int perShard,
    ImageShape shape,
    List<String> skipped,
    long damaged) {

  private static final int MOST_SHARDS = 100_000;

  /**
   * Reads and counts images, which are kept until the job ends: all parts must be counted before
   * the first image has its id.
   *
   * @param perShard images in every shard but the last
   * @param read counts the images
   * @throws DataException if there is nothing, or something is damaged that may not be
   * @throws IOException if a file system fails
   */
  static NumberedImages of(
      JavaSparkContext spark,
      Intake from,
      Intake.Take take,
      int perShard,
      CountedJob job,
      LongAccumulator read)
      throws IOException {
    Intake.Opened opened = from.open(spark, job, read, take);
    requireFewShards(Math.min(opened.expected(), take.most()), perShard);
    JavaRDD<Item> items = opened.items().persist(StorageLevel.MEMORY_AND_DISK_SER());
    job.atEnd(() -> items.unpersist(false));
    long[] firstIds = new long[opened.parts()];
    long images = 0;
    ImageShape shape = null;
    List<String> listed = new ArrayList<>();
    long damaged = 0;
    // the order of the parts, as tasks hold consecutive ones
    for (PartCount count : items.mapPartitions(new PartImages.Count()).collect()) {
      damaged += count.damaged();
      count.damages().stream().limit(Import.LISTED - listed.size()).forEach(listed::add);
      if (count.damaged() > 0 && opened.unit() == Intake.Unit.PART) {
        firstIds[count.part()] = -1;
        continue;
      }
      firstIds[count.part()] = images;
      images += count.images();
      shape = shape == null ? count.shape() : shape;
    }
    if (damaged > 0 && (take.damaged() == Damaged.REFUSE || images == 0)) {
      throw new DataException(
          listed.get(0) + (damaged > 1 ? " (and %d more)".formatted(damaged - 1) : ""));
    }
    images = Math.min(images, take.most());
    requireFewShards(images, perShard);
    return new NumberedImages(opened, items, firstIds, images, perShard, shape, listed, damaged);
  }

  private static void requireFewShards(long images, int perShard) {
    if (images / perShard >= MOST_SHARDS) {
      throw new DataException(
          "%d images in shards of %d are more than %d shards: raise tweedie.data.images-per-shard"
              .formatted(images, perShard, MOST_SHARDS));
    }
  }

  /** The images by their ids, a partition for each shard, in order. */
  JavaPairRDD<Long, SourceImage> byShard() {
    return items
        .mapPartitionsToPair(new Numbering(firstIds, images))
        .repartitionAndSortWithinPartitions(new ByShard(shards(), perShard));
  }

  /** Number of shards. */
  int shards() {
    return Math.toIntExact((images + perShard - 1) / perShard);
  }

  /** Gives images their ids, and leaves out those of damaged parts and those above the limit. */
  private record Numbering(long[] firstIds, long images)
      implements PairFlatMapFunction<Iterator<Item>, Long, SourceImage> {

    @Override
    public Iterator<Tuple2<Long, SourceImage>> call(Iterator<Item> items) {
      Iterable<Item> all = () -> items;
      return StreamSupport.stream(all.spliterator(), false)
          .filter(item -> firstIds[item.part()] >= 0 && item.image() != null)
          .map(item -> new Tuple2<>(firstIds[item.part()] + item.index(), item.image()))
          .filter(numbered -> numbered._1() < images)
          .iterator();
    }
  }
}
