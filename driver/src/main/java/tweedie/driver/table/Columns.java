package tweedie.driver.table;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import tweedie.data.DataException;

/** The columns of a table. */
public final class Columns {

  private static final int LISTED = 20;

  private Columns() {}

  static Set<String> names(StructType table) {
    return new LinkedHashSet<>(Arrays.asList(table.fieldNames()));
  }

  /** The first of their names with their types, for people. */
  static String listed(StructType table) {
    String first =
        Arrays.stream(table.fields())
            .limit(LISTED)
            .map(field -> "%s (%s)".formatted(field.name(), field.dataType().typeName()))
            .collect(Collectors.joining(", "));
    int more = table.size() - LISTED;
    return more > 0 ? "%s and %d more".formatted(first, more) : first;
  }

  /**
   * Refuses a name that no column has.
   *
   * @throws DataException if none has it
   */
  public static void require(StructType table, String name) {
    if (names(table).contains(name)) {
      return;
    }
    int dot = name.indexOf('.');
    if (dot > 0 && names(table).contains(name.substring(0, dot))) {
      throw new DataException(
          "%s is inside of the column %s, and columns of the table itself are read: select it as a column of its own first"
              .formatted(name, name.substring(0, dot)));
    }
    throw new DataException("The table has no column %s; it has %s".formatted(name, listed(table)));
  }

  /**
   * Refuses a name that a column has already.
   *
   * @throws DataException if one has it
   */
  public static void requireNew(StructType table, String name) {
    for (String present : table.fieldNames()) {
      if (present.equalsIgnoreCase(name)) { // as Spark compares them
        throw new DataException(
            "The table has a column %s already, and %s would be written: rename or drop it"
                .formatted(present, name));
      }
    }
  }

  /** A column by its name, whatever characters it has. */
  public static Column quoted(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }
}
