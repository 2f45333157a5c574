package tweedie.driver.imports;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;
import tweedie.data.DataException;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.SourceImage;
import tweedie.data.shard.LabelRange;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardChecksum;
import tweedie.data.shard.ShardedImages;
import tweedie.driver.progress.CountedJob;
import tweedie.driver.table.TableImages;

/**
 * The images of a table in the shards that an import would write, and none is written: Spark brings
 * them together on the local disks of executors, as it does in every shuffle, and makes what is
 * lost with an executor again from the table.
 *
 * <p>Every reading of a shard is held against the first one: a table whose rows change, or come in
 * another order, is refused.
 *
 * @param place what the table is called
 * @param checksums of the shards, in order
 * @param numbered the images by their ids, a partition for each shard
 */
public record TableShards(
    String place,
    boolean eightBit,
    ImageShape shape,
    List<String> classNames,
    LabelRange labels,
    List<Shard> shards,
    List<String> checksums,
    JavaPairRDD<Long, SourceImage> numbered)
    implements ShardedImages {

  private static final Logger LOG = LoggerFactory.getLogger(TableShards.class);

  /**
   * Reads a table once.
   *
   * @param place what it is called
   * @param perShard images in every shard but the last
   * @throws DataException if a row has no image, or none of the shape of all, or there is no row
   */
  public static TableShards of(
      JavaSparkContext spark, String place, TableImages table, int perShard) throws IOException {
    try (CountedJob job = CountedJob.within(spark, "reading " + place)) {
      LongAccumulator read = job.count("reading " + place, "images", 0);
      TableIntake intake = new TableIntake(table);
      NumberedImages numbered =
          NumberedImages.of(
              spark,
              intake,
              new Intake.Take(OptionalLong.empty(), Import.Damaged.REFUSE),
              perShard,
              job,
              read);
      if (numbered.images() == 0) {
        throw new DataException(place + " has no row");
      }
      long converted = numbered.opened().converted().getAsLong();
      if (converted > 0) {
        LOG.info(
            "{}: {} of {} images were {}",
            place,
            converted,
            numbered.images(),
            numbered.shape().channels() == 1
                ? "in colour and became gray"
                : "gray and were given three equal channels");
      }
      return of(place, intake.eightBit(), numbered);
    }
  }

  private static TableShards of(String place, boolean eightBit, NumberedImages images) {
    JavaPairRDD<Long, SourceImage> numbered = images.byShard();
    List<Shard> shards = new ArrayList<>();
    List<String> checksums = new ArrayList<>();
    LabelRange labels = null;
    for (Content content : numbered.mapPartitions(new Look()).collect()) {
      shards.add(new Shard("shard %d of %s".formatted(shards.size(), place), content.images()));
      checksums.add(content.checksum());
      labels = labels == null ? content.labels() : labels.and(content.labels());
    }
    return new TableShards(
        place,
        eightBit,
        images.shape(),
        images.opened().classes(),
        labels,
        List.copyOf(shards),
        List.copyOf(checksums),
        numbered);
  }

  @Override
  public boolean inFiles() {
    return false;
  }

  @Override
  public String fingerprint() {
    return ShardedImages.fingerprint(this, checksums);
  }

  @Override
  public JavaRDD<LabeledImage> read(JavaSparkContext spark) {
    return numbered.mapPartitionsWithIndex(new Read(place, checksums.toArray(String[]::new)), true);
  }

  /** What is in a shard. */
  private record Content(long images, LabelRange labels, String checksum) implements Serializable {}

  /** The task that looks through a shard. */
  private record Look() implements FlatMapFunction<Iterator<Tuple2<Long, SourceImage>>, Content> {

    @Override
    public Iterator<Content> call(Iterator<Tuple2<Long, SourceImage>> images) {
      ShardChecksum checksum = new ShardChecksum();
      LabelRange labels = null;
      long count = 0;
      while (images.hasNext()) {
        Tuple2<Long, SourceImage> image = images.next();
        checksum.add(image._1, image._2);
        LabelRange label = new LabelRange(image._2.label(), image._2.label());
        labels = labels == null ? label : labels.and(label);
        count++;
      }
      return List.of(new Content(count, labels, checksum.hex())).iterator();
    }
  }

  /** The task that reads a shard, which must be what it was. */
  private record Read(String place, String[] checksums)
      implements Function2<Integer, Iterator<Tuple2<Long, SourceImage>>, Iterator<LabeledImage>> {

    @Override
    public Iterator<LabeledImage> call(Integer shard, Iterator<Tuple2<Long, SourceImage>> images) {
      ShardChecksum checksum = new ShardChecksum();
      return new Iterator<>() {
        private boolean ended;

        @Override
        public boolean hasNext() {
          if (images.hasNext()) {
            return true;
          }
          if (!ended && !checksum.hex().equals(checksums[shard])) {
            throw new DataException(
                "%s gives other rows, or in another order, each time it is read: import it"
                    .formatted(place));
          }
          ended = true;
          return false;
        }

        @Override
        public LabeledImage next() {
          Tuple2<Long, SourceImage> numbered = images.next();
          SourceImage image = numbered._2;
          checksum.add(numbered._1, image);
          return new LabeledImage(
              numbered._1,
              image.label(),
              image.shape(),
              image.bytes() == null ? image.floats() : ImageRows.ofBytes(image.bytes()));
        }
      };
    }
  }
}
