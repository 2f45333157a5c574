package tweedie.driver.imports;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.SourceImage;
import tweedie.data.shard.ShardRdd;
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
 * @param begins the first id of each partition, or what it would be
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
    long[] begins,
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
    List<List<PartCount>> counts = items.mapPartitions(new PartImages.Count()).glom().collect();
    long[] begins = new long[counts.size()];
    for (int partition = 0; partition < begins.length; partition++) {
      begins[partition] = images;
      for (PartCount count : counts.get(partition)) {
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
    }
    if (damaged > 0 && (take.damaged() == Damaged.REFUSE || images == 0)) {
      throw new DataException(
          listed.get(0) + (damaged > 1 ? " (and %d more)".formatted(damaged - 1) : ""));
    }
    images = Math.min(images, take.most());
    requireFewShards(images, perShard);
    return new NumberedImages(
        opened, items, firstIds, begins, images, perShard, shape, listed, damaged);
  }

  private static void requireFewShards(long images, int perShard) {
    if (images / perShard >= MOST_SHARDS) {
      throw new DataException(
          "%d images in shards of %d are more than %d shards: raise tweedie.data.images-per-shard"
              .formatted(images, perShard, MOST_SHARDS));
    }
  }

  /**
   * The images by their ids, a partition for each shard, in order. Spark moves them to where their
   * shard is.
   */
  JavaPairRDD<Long, SourceImage> byShard() {
    return numbered().repartitionAndSortWithinPartitions(new ByShard(shards(), perShard));
  }

  /**
   * The images by their ids, in order, some whole shards a partition. Where there are enough
   * partitions, each has the shards that begin in it, and only the images before the first of these
   * are moved, to the end of the partition before.
   *
   * @param job that ends when they are read
   */
  JavaRDD<Tuple2<Long, SourceImage>> inWholeShards(CountedJob job) {
    int partitions = begins.length;
    long[] cuts = new long[partitions];
    List<Integer> with = new ArrayList<>(); // a shard that begins in it
    for (int i = 0; i < partitions; i++) {
      cuts[i] = (begins[i] + perShard - 1) / perShard * perShard;
      if (cuts[i] < Math.min(i + 1 < partitions ? begins[i + 1] : images, images)) {
        with.add(i);
      }
    }
    if (with.size() < Math.min(shards(), items.context().defaultParallelism())) {
      return byShard().map(image -> image);
    }
    JavaRDD<Tuple2<Long, SourceImage>> heads =
        numbered()
            .mapPartitionsWithIndex(new Cut(cuts, Cut.Side.BEFORE), true)
            .persist(StorageLevel.MEMORY_AND_DISK_SER());
    job.atEnd(() -> heads.unpersist(false));
    heads.count(); // where the partitions are, which would be moved as a whole for their heads
    int[][] groups = new int[with.size()][];
    for (int i = 0; i < groups.length; i++) {
      int next = i + 1 < groups.length ? with.get(i + 1) + 1 : partitions;
      IntStream body = IntStream.of(with.get(i));
      IntStream headsBehind = IntStream.range(with.get(i) + 1, next).map(head -> partitions + head);
      groups[i] = IntStream.concat(body, headsBehind).toArray();
    }
    return ShardRdd.grouped(
        numbered().mapPartitionsWithIndex(new Cut(cuts, Cut.Side.FROM), true).union(heads), groups);
  }

  private JavaPairRDD<Long, SourceImage> numbered() {
    return items.mapPartitionsToPair(new Numbering(firstIds, images));
  }

  /**
   * Takes a part of each partition.
   *
   * @param cuts an id for each partition
   */
  private record Cut(long[] cuts, Side side)
      implements Function2<
          Integer, Iterator<Tuple2<Long, SourceImage>>, Iterator<Tuple2<Long, SourceImage>>> {

    /** Which images are taken. */
    enum Side {
      BEFORE,
      FROM
    }

    @Override
    public Iterator<Tuple2<Long, SourceImage>> call(
        Integer partition, Iterator<Tuple2<Long, SourceImage>> images) {
      Iterable<Tuple2<Long, SourceImage>> all = () -> images;
      Stream<Tuple2<Long, SourceImage>> stream = StreamSupport.stream(all.spliterator(), false);
      return (side == Side.BEFORE
              ? stream.takeWhile(image -> image._1 < cuts[partition])
              : stream.dropWhile(image -> image._1 < cuts[partition]))
          .iterator();
    }
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
