package tweedie.driver.table;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * How a row is called in messages: by a column that tells rows apart, where the table has one.
 *
 * @param column its name; empty where a row is called by its place
 */
public record RowName(String column) implements Serializable {

  /** Of Spark's binaryFile, WebDataset, and what people call it. */
  private static final List<String> USUAL = List.of("id", "path", "__key__", "key", "name", "file");

  private static final List<DataType> SIMPLE =
      List.of(DataTypes.LongType, DataTypes.IntegerType, DataTypes.StringType);

  /** The usual name of the rows of a table. */
  public static RowName of(StructType table) {
    return new RowName(
        USUAL.stream()
            .filter(name -> Columns.names(table).contains(name))
            .filter(name -> SIMPLE.contains(table.apply(name).dataType()))
            .findFirst()
            .orElse(""));
  }

  /**
   * The name of a row.
   *
   * @param partition of the table
   * @param place of the row in it, from 0
   */
  public String of(Row row, int partition, long place) {
    Object value = column.isEmpty() ? null : row.getAs(column);
    if (value != null) {
      return "the row with %s %s".formatted(column, value);
    }
    return "row %d of partition %d".formatted(place, partition);
  }
}
