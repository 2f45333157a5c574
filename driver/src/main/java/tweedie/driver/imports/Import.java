package tweedie.driver.imports;

import tweedie.data.FileSystems;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.Partitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.SourceImage;
import tweedie.data.WholeFile;
import tweedie.data.shard.ShardColumns;
import tweedie.data.source.ImageSource;
import tweedie.driver.progress.Progress;
import tweedie.driver.progress.TaskProgress;

/**
 * Reads a data set in parallel and writes it as Parquet shards.
 *
 * <p>By default every image is taken, and a damaged file is an error that names it and leaves
 * nothing behind. Images get the ids 0..n-1 in the order of the source; every shard holds exactly
 * {@link Settings#imagesPerShard()} of them but the last. The result does not depend on the
 * cluster. Pixels never come to the driver.
 */
public final class Import {

  /** Images in a shard where nothing else is said. */
  public static final int IMAGES_PER_SHARD_DEFAULT = 1000;

  /** Row groups this small keep a reader's memory small. */
  private static final int ROW_GROUP_BYTES = 16 << 20;

  private static final int PARTS_PER_TASK = 256;

  /** What to do about damaged files. */
  public enum Damaged {
    /** The import fails. */
    REFUSE,
    /** They are left out as a whole, counted and listed. */
    SKIP
  }

  /**
   * What to import.
   *
   * @param source where images come from
   * @param output Hadoop URI of the directory to write, which must not exist
   * @param limit take the first this many images, or all if empty
   * @param imagesPerShard images in every shard but the last, at least 1
   * @param damaged what to do about damaged files
   */
  public record Settings(
      ImageSource source, String output, OptionalLong limit, int imagesPerShard, Damaged damaged) {

    /**
     * @throws DataException if a number is not positive
     */
    public Settings {
      if (limit.isPresent() && limit.getAsLong() < 1) {
        throw new DataException("--limit must be at least 1, not " + limit.getAsLong());
      }
      if (imagesPerShard < 1) {
        throw new DataException("A shard holds at least one image, not " + imagesPerShard);
      }
    }

    /** All images of {@code source}, with the defaults. */
    public static Settings of(ImageSource source, String output) {
      return new Settings(
          source, output, OptionalLong.empty(), IMAGES_PER_SHARD_DEFAULT, Damaged.REFUSE);
    }
  }

  /**
   * What was imported.
   *
   * @param images number of images written
   * @param shards number of files written
   * @param shape of every image
   * @param skipped damaged files that were left out, each with what is wrong with it
   * @param ignored files in the input that are none of the source's, each with the reason
   * @param seconds it took
   */
  public record Result(
      long images,
      int shards,
      ImageShape shape,
      List<String> skipped,
      List<String> ignored,
      double seconds) {}

  private final SparkSession session;
  private final JavaSparkContext spark;
  private final Settings settings;
  private final Progress progress;
  private final CollectionAccumulator<ShardRows.Written> checksums;

  /**
   * An import that has not started.
   *
   * @param progress is told how many images have been read; closing it is the caller's
   */
  public Import(SparkSession session, Settings settings, Progress progress) {
    this.session = session;
    this.spark = new JavaSparkContext(session.sparkContext());
    this.settings = settings;
    this.progress = progress;
    this.checksums = session.sparkContext().collectionAccumulator();
  }

  /**
   * Imports.
   *
   * @throws DataException if the output exists, or the input is missing or damaged
   * @throws IOException if a file system fails; the output then does not exist
   */
  public Result execute() throws IOException {
    long start = System.nanoTime();
    Configuration conf = spark.hadoopConfiguration();
    Path output = new Path(settings.output());
    FileSystem files = FileSystems.of(output, conf);
    output = files.makeQualified(output);
    if (files.exists(output)) {
      throw new DataException(output + " already exists; name a new directory");
    }
    ImageSource.Listing listing = settings.source().list(conf);
    Path aside = WholeFile.aside(output);
    spark.setJobGroup("import", "Import to " + output, true);
    try {
      Written written = write(listing.parts(), aside);
      // unlike FileSystem's, this rename does not move into a directory that came to be meanwhile
      FileContext.getFileContext(output.toUri(), conf).rename(aside, output);
      ShardRows.keep(checksums.value(), output, conf);
      return new Result(
          written.images,
          written.shards,
          written.shape,
          written.skipped,
          listing.ignored(),
          (System.nanoTime() - start) / 1e9);
    } finally {
      spark.clearJobGroup();
      files.delete(aside, true);
    }
  }

  private record Written(long images, int shards, ImageShape shape, List<String> skipped) {}

  @SuppressWarnings("try") // the listener works by being attached
  private Written write(List<ImageSource.Part> listed, Path output) {
    List<NumberedPart> parts = new ArrayList<>();
    long expected = 0;
    long limit = settings.limit().orElse(Long.MAX_VALUE);
    for (ImageSource.Part part : listed) {
      // without damage the first parts are enough; with it, later ones may have to fill in
      if (settings.damaged() == Damaged.REFUSE && expected >= limit) {
        break;
      }
      parts.add(new NumberedPart(parts.size(), part));
      expected += part.atLeast();
    }
    int tasks =
        Math.min(
            parts.size(),
            Math.max(4 * spark.defaultParallelism(), parts.size() / PARTS_PER_TASK + 1));
    Broadcast<SerializableConfiguration> conf =
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    LongAccumulator read = session.sparkContext().longAccumulator("images read");
    // kept, as the numbers of images in all parts must be known before the first image has its id
    JavaRDD<Item> items =
        spark
            .parallelize(parts, tasks)
            .mapPartitions(new ReadParts(conf, read))
            .persist(StorageLevel.MEMORY_AND_DISK_SER());
    try (TaskProgress attached = TaskProgress.attach(session.sparkContext(), read, progress)) {
      Plan plan = plan(parts.size(), items.mapPartitions(new Count()).collect(), limit);
      writeShards(items, plan, output);
      return new Written(plan.images, plan.shards(settings), plan.shape, plan.skipped);
    } finally {
      items.unpersist(false);
      conf.destroy();
    }
  }

  /**
   * Which id the first image of each part gets.
   *
   * @param firstIds of each part, -1 for damaged ones
   */
  private record Plan(long[] firstIds, long images, ImageShape shape, List<String> skipped) {

    int shards(Settings settings) {
      return Math.toIntExact((images + settings.imagesPerShard() - 1) / settings.imagesPerShard());
    }
  }

  private Plan plan(int parts, List<PartCount> counts, long limit) {
    long[] firstIds = new long[parts];
    long images = 0;
    ImageShape shape = null;
    List<String> damages = new ArrayList<>();
    // the order of the parts, as tasks hold consecutive ones
    for (PartCount count : counts) {
      if (count.damage != null) {
        damages.add(count.damage);
        firstIds[count.part] = -1;
        continue;
      }
      firstIds[count.part] = images;
      images += count.images;
      shape = count.shape;
    }
    if (!damages.isEmpty() && (settings.damaged() == Damaged.REFUSE || images == 0)) {
      String others = damages.size() > 1 ? " (and " + (damages.size() - 1) + " more)" : "";
      throw new DataException(damages.get(0) + others);
    }
    return new Plan(firstIds, Math.min(images, limit), shape, damages);
  }

  private void writeShards(JavaRDD<Item> items, Plan plan, Path output) {
    Broadcast<long[]> firstIds = spark.broadcast(plan.firstIds);
    try {
      JavaRDD<Row> rows =
          items
              .mapPartitionsToPair(new Number(firstIds, plan.images))
              .repartitionAndSortWithinPartitions(
                  new ByShard(plan.shards(settings), settings.imagesPerShard()))
              .mapPartitions(new ShardRows(checksums));
      session
          .createDataFrame(
              rows, settings.source().eightBit() ? ShardColumns.ofBytes() : ShardColumns.ofFloats())
          .write()
          .mode(SaveMode.ErrorIfExists)
          .option("maxRecordsPerFile", 0)
          .option("parquet.block.size", ROW_GROUP_BYTES)
          // pixels hardly repeat: building a dictionary of them is time lost
          .option("parquet.enable.dictionary", "false")
          .parquet(output.toString());
    } finally {
      firstIds.destroy();
    }
  }

  private record NumberedPart(int number, ImageSource.Part part) implements Serializable {}

  /** An image of a part, or, as the part's last item, what is wrong with it. */
  private record Item(int part, long index, SourceImage image, String damage)
      implements Serializable {}

  private record PartCount(int part, long images, ImageShape shape, String damage)
      implements Serializable {}

  private record ReadParts(Broadcast<SerializableConfiguration> conf, LongAccumulator read)
      implements FlatMapFunction<Iterator<NumberedPart>, Item> {

    @Override
    public Iterator<Item> call(Iterator<NumberedPart> parts) {
      Reading reading = new Reading(parts, conf.value().value(), read);
      TaskContext.get()
          .addTaskCompletionListener((TaskCompletionListener) context -> reading.close());
      return reading;
    }
  }

  private static final class Reading implements Iterator<Item> {

    private final Iterator<NumberedPart> parts;
    private final Configuration conf;
    private final LongAccumulator read;
    private NumberedPart part;
    private ImageSource.Images images;
    private long index;
    private Item next;

    Reading(Iterator<NumberedPart> parts, Configuration conf, LongAccumulator read) {
      this.parts = parts;
      this.conf = conf;
      this.read = read;
    }

    @Override
    public boolean hasNext() {
      try {
        while (next == null && (images != null || parts.hasNext())) {
          advance();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(part.part.name() + " cannot be read: " + e.getMessage(), e);
      }
      return next != null;
    }

    private void advance() throws IOException {
      if (images == null) {
        part = parts.next();
        index = 0;
      }
      try {
        if (images == null) {
          images = part.part.open(conf);
        }
        SourceImage image = images.next();
        if (image != null) {
          next = new Item(part.number, index++, image, null);
          read.add(1);
          return;
        }
      } catch (DataException e) {
        next = new Item(part.number, index, null, e.getMessage());
      }
      close();
    }

    @Override
    public Item next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Item item = next;
      next = null;
      return item;
    }

    void close() {
      if (images != null) {
        try {
          images.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        } finally {
          images = null;
        }
      }
    }
  }

  private record Count() implements FlatMapFunction<Iterator<Item>, PartCount> {

    @Override
    public Iterator<PartCount> call(Iterator<Item> items) {
      List<PartCount> counts = new ArrayList<>();
      PartCount count = null;
      while (items.hasNext()) {
        Item item = items.next();
        if (count == null || count.part != item.part) {
          if (count != null) {
            counts.add(count);
          }
          count = new PartCount(item.part, 0, null, null);
        }
        count =
            item.damage != null
                ? new PartCount(item.part, 0, null, item.damage)
                : new PartCount(item.part, item.index + 1, item.image.shape(), null);
      }
      if (count != null) {
        counts.add(count);
      }
      return counts.iterator();
    }
  }

  private record Number(Broadcast<long[]> firstIds, long images)
      implements PairFlatMapFunction<Iterator<Item>, Long, SourceImage> {

    @Override
    public Iterator<Tuple2<Long, SourceImage>> call(Iterator<Item> items) {
      long[] first = firstIds.value();
      return new Iterator<>() {
        private Tuple2<Long, SourceImage> next;

        @Override
        public boolean hasNext() {
          while (next == null && items.hasNext()) {
            Item item = items.next();
            long id = first[item.part] + item.index;
            if (first[item.part] >= 0 && item.image != null && id < images) {
              next = new Tuple2<>(id, item.image);
            }
          }
          return next != null;
        }

        @Override
        public Tuple2<Long, SourceImage> next() {
          if (!hasNext()) {
            throw new NoSuchElementException();
          }
          Tuple2<Long, SourceImage> result = next;
          next = null;
          return result;
        }
      };
    }
  }

  private static final class ByShard extends Partitioner {

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
}
