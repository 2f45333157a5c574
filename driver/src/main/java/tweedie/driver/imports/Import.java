package tweedie.driver.imports;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.DataException;
import tweedie.data.FileSystems;
import tweedie.data.ImageShape;
import tweedie.data.WholeFile;
import tweedie.data.shard.ClassNames;
import tweedie.data.shard.ShardColumns;
import tweedie.driver.progress.CountedJob;
import tweedie.driver.progress.Progress;

/**
 * Reads a data set in parallel and writes it as Parquet shards.
 *
 * <p>By default every image is taken, and a damaged file is an error that names it and leaves
 * nothing behind. Images get the ids 0..n-1 in the order of the source; every shard holds exactly
 * {@link Settings#imagesPerShard()} of them but the last. The result does not depend on the
 * cluster. Pixels never come to the driver.
 */
public final class Import {

  /** Row groups this small keep a reader's memory small. */
  private static final int ROW_GROUP_BYTES = 16 << 20;

  /** Damage that is listed; the rest is counted. */
  static final int LISTED = 100;

  /** What to do about damaged files, and rows of tables. */
  public enum Damaged {
    /** The import fails. */
    REFUSE,
    /** They are left out as a whole, counted and listed. */
    SKIP
  }

  /**
   * What to import.
   *
   * @param from where images come from
   * @param output Hadoop URI of the directory to write, which must not exist
   * @param limit take the first this many images, or all if empty
   * @param imagesPerShard images in every shard but the last, at least 1
   * @param damaged what to do about damaged files
   */
  public record Settings(
      Intake from, String output, OptionalLong limit, int imagesPerShard, Damaged damaged) {

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
  }

  /**
   * What was imported.
   *
   * @param images number of images written
   * @param shards number of files written
   * @param shape of every image
   * @param classes names of the classes, by label; empty where they have none
   * @param skipped damaged files and rows that were left out, each with what is wrong with it, as
   *     far as they are listed
   * @param damaged how many were left out
   * @param ignored files in the input that are none of the source's, each with the reason
   * @param converted images whose colours became gray, or whose gray became three channels
   * @param seconds it took
   */
  public record Result(
      long images,
      int shards,
      ImageShape shape,
      List<String> classes,
      List<String> skipped,
      long damaged,
      List<String> ignored,
      long converted,
      double seconds) {}

  private final SparkSession session;
  private final JavaSparkContext spark;
  private final Settings settings;
  private final Progress progress;
  private final CollectionAccumulator<ShardRows.Written> checksums;

  /**
   * An import that has not started.
   *
   * @param progress is told how many images have been read, and closed at the end
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
    try (CountedJob job = new CountedJob(spark, "import", "Import to " + settings.output())) {
      LongAccumulator read = job.count("images read", progress);
      Path output = FileSystems.path(settings.output());
      FileSystem files = FileSystems.of(output, conf);
      output = files.makeQualified(output);
      WholeFile.requireNew(files, output, "directory");
      NumberedImages images =
          NumberedImages.of(
              spark,
              settings.from(),
              new Intake.Take(settings.limit(), settings.damaged()),
              settings.imagesPerShard(),
              job,
              read);
      Intake.Opened opened = images.opened();
      Path aside = WholeFile.aside(output);
      try {
        write(images, aside, job);
        ShardRows.keep(checksums.value(), aside, conf);
        if (!opened.classes().isEmpty()) {
          ClassNames.write(aside, opened.classes(), conf);
        }
        // unlike FileSystem's, this rename does not move into a directory that came to be meanwhile
        FileContext.getFileContext(output.toUri(), conf).rename(aside, output);
        List<String> skipped = new ArrayList<>(opened.unreadable());
        skipped.addAll(images.skipped());
        return new Result(
            images.images(),
            images.shards(),
            images.shape(),
            opened.classes(),
            skipped,
            images.damaged() + opened.unreadable().size(),
            opened.ignored(),
            opened.converted().getAsLong(),
            (System.nanoTime() - start) / 1e9);
      } finally {
        files.delete(aside, true);
      }
    }
  }

  private void write(NumberedImages images, Path output, CountedJob job) {
    JavaRDD<Row> rows =
        images
            .inWholeShards(job)
            .mapPartitions(new ShardRows(settings.imagesPerShard(), checksums));
    session
        .createDataFrame(
            rows, settings.from().eightBit() ? ShardColumns.ofBytes() : ShardColumns.ofFloats())
        .write()
        .mode(SaveMode.ErrorIfExists)
        .option("maxRecordsPerFile", settings.imagesPerShard())
        .option("parquet.block.size", ROW_GROUP_BYTES)
        // pixels hardly repeat: building a dictionary of them is time lost
        .option("parquet.enable.dictionary", "false")
        .parquet(output.toString());
  }
}
