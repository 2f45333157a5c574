package tweedie.driver.imports;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import tweedie.driver.imports.PartImages.Item;
import tweedie.driver.progress.CountedJob;

/** Where the images of an import come from. */
public interface Intake {

  /** Whether pixels are 8-bit or floats. */
  boolean eightBit();

  /**
   * Looks at what there is, and reads none of it yet.
   *
   * @param job that will read it
   * @param read counts the images
   * @throws tweedie.data.DataException if it is missing, or there is nothing in it
   * @throws IOException if a file system fails
   */
  Opened open(JavaSparkContext spark, CountedJob job, LongAccumulator read, Take take)
      throws IOException;

  /**
   * How much is taken.
   *
   * @param limit most images
   */
  record Take(OptionalLong limit, Import.Damaged damaged) {

    long most() {
      return limit.orElse(Long.MAX_VALUE);
    }
  }

  /** What is good or damaged as a whole. */
  enum Unit {
    /** A part: damage in it spoils all of its images. */
    PART,
    /** An image. */
    IMAGE
  }

  /**
   * Images on their way.
   *
   * @param items in the order of their parts, consecutive ones in a task
   * @param parts how many there are
   * @param expected fewest images, as far as that is known
   * @param classes names of the classes, by label; empty where they have none
   * @param ignored files that are none of the source's, each with the reason
   * @param unreadable files that cannot be looked at, each with the reason
   * @param converted how many images had their colours converted, once they are read
   */
  record Opened(
      JavaRDD<Item> items,
      int parts,
      Unit unit,
      long expected,
      List<String> classes,
      List<String> ignored,
      List<String> unreadable,
      LongSupplier converted) {}
}
