package tweedie.driver.table;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import tweedie.data.DataException;
import tweedie.data.source.PictureClasses;

/**
 * The column of a table that says the class of an image, a number or a name; without one no image
 * has a class.
 */
public final class LabelColumn implements Serializable {

  private static final long serialVersionUID = 1L;

  /** What people call it. */
  private static final String USUAL = "label";

  /** Names of classes; more are no classes. */
  private static final int MOST_NAMES = 10_000;

  private final String name;
  private final List<String> classes;
  private final Map<String, Integer> places = new HashMap<>();

  private LabelColumn(String name, List<String> classes) {
    this.name = name;
    this.classes = classes;
    classes.forEach(of -> places.put(of, places.size()));
  }

  /**
   * The column that is named, or the one called {@code label} where it can be one. Names of classes
   * are numbered in their order, for which the column is read.
   *
   * @throws DataException if the named one is not there, or holds no labels
   */
  public static LabelColumn of(Dataset<Row> table, Optional<String> named) {
    StructType schema = table.schema();
    named.ifPresent(given -> Columns.require(schema, given));
    boolean usual =
        Columns.names(schema).contains(USUAL) && holdsLabels(schema.apply(USUAL).dataType());
    String name = named.orElse(usual ? USUAL : "");
    if (name.isEmpty()) {
      return new LabelColumn("", List.of());
    }
    DataType type = schema.apply(name).dataType();
    if (!holdsLabels(type)) {
      throw new DataException(
          "The column %s is %s; labels are whole numbers or strings"
              .formatted(name, type.simpleString()));
    }
    return new LabelColumn(name, type instanceof StringType ? classes(table, name) : List.of());
  }

  private static boolean holdsLabels(DataType type) {
    return List.of(
            ByteType.class,
            ShortType.class,
            IntegerType.class,
            LongType.class,
            FloatType.class,
            DoubleType.class,
            StringType.class)
        .stream()
        .anyMatch(kind -> kind.isInstance(type));
  }

  private static List<String> classes(Dataset<Row> table, String name) {
    List<String> found =
        table
            .select(Columns.quoted(name))
            .na()
            .drop()
            .distinct()
            .limit(MOST_NAMES + 1)
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .toList();
    if (found.size() > MOST_NAMES) {
      throw new DataException(
          "The column %s has more than %d different names, which are no classes"
              .formatted(name, MOST_NAMES));
    }
    return PictureClasses.of(found, List.of()).names();
  }

  /** The names of the classes, by label; empty where they have none. */
  public List<String> classes() {
    return classes;
  }

  /** The columns that are read for it. */
  public List<String> read() {
    return name.isEmpty() ? List.of() : List.of(name);
  }

  /**
   * The label of a row; -1 where it has none.
   *
   * @param called name of the row, for messages
   * @throws DataException if it is no label
   */
  public int label(Row row, String called) {
    Object value = name.isEmpty() ? null : row.getAs(name);
    if (value == null) {
      return -1;
    }
    if (value instanceof String text) {
      return places.get(text);
    }
    double number = ((Number) value).doubleValue();
    if (number != Math.rint(number) || number < -1 || number > Integer.MAX_VALUE) {
      throw new DataException(
          "%s of %s is %s; classes are numbered from 0, and -1 is none"
              .formatted(name, called, value));
    }
    return (int) number;
  }

  @Override
  public String toString() {
    return Arrays.asList(name, classes).toString();
  }
}
