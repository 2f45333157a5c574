package tweedie.ml;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * What is counted while a table is read, once for every time that a row is.
 *
 * @param invalid rows whose image cannot be read, which are left out or have nulls
 * @param converted rows whose colours became gray, or whose gray became three channels
 */
public record TableCounts(LongAccumulator invalid, LongAccumulator converted)
    implements Serializable {

  /** Nothing is counted yet. */
  public static TableCounts of(SparkContext spark) {
    return new TableCounts(
        spark.longAccumulator("rows without an image"), spark.longAccumulator("images converted"));
  }
}
