package tweedie.driver.imports;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import tweedie.data.DataException;
import tweedie.data.source.ImageSource;
import tweedie.driver.imports.PartImages.Item;
import tweedie.driver.imports.PartImages.NumberedPart;
import tweedie.driver.progress.CountedJob;

/** The images of a source, read in parallel by its parts. */
public record SourceIntake(ImageSource source) implements Intake {

  private static final int PARTS_PER_TASK = 256;

  @Override
  public boolean eightBit() {
    return source.eightBit();
  }

  @Override
  public Opened open(JavaSparkContext spark, CountedJob job, LongAccumulator read, Take take)
      throws IOException {
    Configuration hadoop = spark.hadoopConfiguration();
    ImageSource.Listing listing = source.list(hadoop);
    List<String> unreadable = listing.unreadable();
    if (!unreadable.isEmpty() && take.damaged() == Import.Damaged.REFUSE) {
      throw new DataException(unreadable.get(0) + DataException.more(unreadable));
    }
    List<NumberedPart> parts = new ArrayList<>();
    long expected = 0;
    for (ImageSource.Part part : listing.parts()) {
      // without damage the first parts are enough; with it, later ones may have to fill in
      if (take.damaged() == Import.Damaged.REFUSE && expected >= take.most()) {
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
        job.broadcast(new SerializableConfiguration(hadoop));
    JavaRDD<Item> items =
        spark
            .parallelize(parts, tasks)
            .mapPartitions(new PartImages.Read(conf, source.imagesStandAlone(), read));
    return new Opened(
        items,
        parts.size(),
        source.imagesStandAlone() ? Unit.IMAGE : Unit.PART,
        expected,
        listing.classes(),
        listing.ignored(),
        unreadable,
        () -> 0);
  }
}
