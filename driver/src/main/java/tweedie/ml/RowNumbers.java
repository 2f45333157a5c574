package tweedie.ml;

import java.io.Serializable;
import org.apache.spark.sql.Row;
import tweedie.data.DataException;

/**
 * The numbers that go with the image of a row.
 *
 * @param idColumn column of the number that its random numbers hang on; empty for its place
 * @param sigmaColumn column of its noise; empty for {@code sigma}
 * @param sigma noise of every row; NaN where it is not given
 */
record RowNumbers(String idColumn, String sigmaColumn, double sigma) implements Serializable {

  /** As Spark's monotonically_increasing_id has it: rows of a partition. */
  private static final int PLACE_BITS = 33;

  /**
   * The number of a row.
   *
   * @param name of the row, for messages
   */
  long id(Row row, String name, int partition, long place) {
    if (idColumn.isEmpty()) {
      return ((long) partition << PLACE_BITS) + place;
    }
    Object id = row.getAs(idColumn);
    if (id == null) {
      throw new DataException("%s of %s is null".formatted(idColumn, name));
    }
    return ((Number) id).longValue();
  }

  /**
   * The noise of each copy of a row.
   *
   * @throws DataException if it is not positive
   */
  double sigma(Row row, String name) {
    Object value = sigmaColumn.isEmpty() ? (Double) sigma : row.getAs(sigmaColumn);
    double given = value == null ? Double.NaN : ((Number) value).doubleValue();
    if (!(given > 0) || Double.isInfinite(given)) {
      throw new DataException(
          "%s of %s is %s; the noise of an image is a positive number"
              .formatted(sigmaColumn.isEmpty() ? "sigma" : sigmaColumn, name, value));
    }
    return given;
  }
}
