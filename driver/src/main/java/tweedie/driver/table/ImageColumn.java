package tweedie.driver.table;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.FractionalType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import tweedie.data.DataException;
import tweedie.data.ImageShape;

/**
 * The column of a table that holds its images.
 *
 * @param name of the column
 * @param kind of its values
 * @param copies whether a value is an array of several images
 */
public record ImageColumn(String name, Kind kind, boolean copies) implements Serializable {

  /** What a value is. */
  public enum Kind {
    /** The content of a PNG, JPEG, TIFF, WebP or BMP file. */
    FILE("the content of picture files"),
    /** The same beside its path, as Hugging Face writes it. */
    NAMED_FILE("struct<bytes: binary, path: string>"),
    /** What Spark's data source {@code image} reads. */
    IMAGE("Spark's image struct"),
    /** Bytes or floats beside the columns height, width and channels, as in shards. */
    SHARD("pixels beside height, width and channels"),
    /** Numbers in an array, or in arrays of arrays, in the order [height, width, channel]. */
    NUMBERS("arrays of numbers"),
    /** Numbers in a vector of Spark ML, in the same order. */
    VECTOR("ML vectors");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  private static final String SHARD_PIXELS = "pixels";
  private static final List<String> SHARD_SHAPE = List.of("height", "width", "channels");
  private static final Set<String> NAMED = Set.of("bytes", "path");
  private static final Set<String> SPARK_IMAGE =
      Set.of("origin", "height", "width", "nChannels", "mode", "data");

  /** What a column of a table may be. */
  public enum Values {
    /** An image. */
    ONE,
    /** An image, or an array of the noisy copies of one. */
    ONE_OR_COPIES
  }

  /**
   * The column that is named, or the only one that can hold images.
   *
   * @throws DataException if there is none, more than one, or the named one holds none
   */
  public static ImageColumn of(StructType table, Optional<String> name, Values values) {
    List<ImageColumn> candidates =
        Arrays.stream(table.fields())
            .flatMap(field -> kind(table, field, values).stream())
            .toList();
    if (name.isPresent()) {
      Columns.require(table, name.get());
      return candidates.stream()
          .filter(column -> column.name.equals(name.get()))
          .findFirst()
          .orElseThrow(
              () ->
                  new DataException(
                      "The column %s is %s, which holds no images; %s do"
                          .formatted(
                              name.get(),
                              table.apply(name.get()).dataType().simpleString(),
                              Arrays.stream(Kind.values())
                                  .map(kind -> kind.words)
                                  .collect(Collectors.joining(", ")))));
    }
    if (candidates.isEmpty()) {
      throw new DataException(
          "No column holds images: there are %s. Picture files are read from binary columns, numbers from arrays and vectors."
              .formatted(Columns.listed(table)));
    }
    if (candidates.size() > 1) {
      throw new DataException(
          "%d columns can hold images: %s; name one"
              .formatted(
                  candidates.size(),
                  candidates.stream()
                      .map(column -> "%s (%s)".formatted(column.name, column.kind.words))
                      .collect(Collectors.joining(", "))));
    }
    return candidates.get(0);
  }

  private static Optional<ImageColumn> kind(StructType table, StructField field, Values values) {
    DataType type = field.dataType();
    Optional<Kind> one = isShard(table, field) ? Optional.of(Kind.SHARD) : kind(type);
    if (one.isEmpty() && values == Values.ONE_OR_COPIES && type instanceof ArrayType array) {
      return kind(array.elementType()).map(kind -> new ImageColumn(field.name(), kind, true));
    }
    return one.map(kind -> new ImageColumn(field.name(), kind, false));
  }

  private static boolean isShard(StructType table, StructField field) {
    return field.name().equals(SHARD_PIXELS)
        && (field.dataType().equals(DataTypes.BinaryType)
            || field.dataType() instanceof ArrayType array
                && array.elementType() instanceof FractionalType)
        && SHARD_SHAPE.stream()
            .allMatch(
                name ->
                    Columns.names(table).contains(name)
                        && table.apply(name).dataType().equals(DataTypes.IntegerType));
  }

  private static Optional<Kind> kind(DataType type) {
    if (type.equals(DataTypes.BinaryType)) {
      return Optional.of(Kind.FILE);
    }
    if (type instanceof StructType struct) {
      Set<String> names = Columns.names(struct);
      if (names.equals(SPARK_IMAGE)) {
        return Optional.of(Kind.IMAGE);
      }
      return names.equals(NAMED) && struct.apply("bytes").dataType().equals(DataTypes.BinaryType)
          ? Optional.of(Kind.NAMED_FILE)
          : Optional.empty();
    }
    if (type.equals(SQLDataTypes.VectorType())) {
      return Optional.of(Kind.VECTOR);
    }
    DataType element = type;
    while (element instanceof ArrayType array) {
      element = array.elementType();
    }
    return element != type && element instanceof NumericType
        ? Optional.of(Kind.NUMBERS)
        : Optional.empty();
  }

  /**
   * Whether pixels come as 8-bit numbers.
   *
   * @param type of the column
   * @param shape of its images
   */
  boolean holdsBytes(DataType type, ImageShape shape) {
    DataType value = type;
    while (value instanceof ArrayType array) {
      value = array.elementType();
    }
    return switch (kind) {
      case FILE, NAMED_FILE, IMAGE -> true;
      case SHARD -> value.equals(DataTypes.BinaryType);
      case NUMBERS -> !shape.vector() && !(value instanceof FractionalType);
      case VECTOR -> false;
    };
  }

  /** The columns that are read for it. */
  public List<String> read() {
    return kind == Kind.SHARD
        ? List.of(name, SHARD_SHAPE.get(0), SHARD_SHAPE.get(1), SHARD_SHAPE.get(2))
        : List.of(name);
  }
}
