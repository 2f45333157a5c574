package tweedie.data.shard;

import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.SourceImage;

/**
 * The columns of a shard: {@code id} long, {@code label} int (-1 where there is none), {@code
 * height}, {@code width}, {@code channels} int, and {@code pixels} in the order [height, width,
 * channel], as binary with a byte a value for 8-bit images or as an array of floats.
 */
public final class ShardColumns {

  static final String ID = "id";
  static final String LABEL = "label";
  static final String HEIGHT = "height";
  static final String WIDTH = "width";
  static final String CHANNELS = "channels";
  static final String PIXELS = "pixels";

  private ShardColumns() {}

  /** The columns of 8-bit images. */
  public static StructType ofBytes() {
    return columns(DataTypes.BinaryType);
  }

  /** The columns of vectors of floats. */
  public static StructType ofFloats() {
    return columns(DataTypes.createArrayType(DataTypes.FloatType, false));
  }

  private static StructType columns(DataType pixels) {
    return new StructType()
        .add(ID, DataTypes.LongType, false)
        .add(LABEL, DataTypes.IntegerType, false)
        .add(HEIGHT, DataTypes.IntegerType, false)
        .add(WIDTH, DataTypes.IntegerType, false)
        .add(CHANNELS, DataTypes.IntegerType, false)
        .add(PIXELS, pixels, false);
  }

  /** Refuses a file whose columns are others. */
  static void check(Path file, MessageType schema) {
    Map<String, PrimitiveTypeName> types =
        Map.of(
            ID, PrimitiveTypeName.INT64,
            LABEL, PrimitiveTypeName.INT32,
            HEIGHT, PrimitiveTypeName.INT32,
            WIDTH, PrimitiveTypeName.INT32,
            CHANNELS, PrimitiveTypeName.INT32);
    for (String column : ofBytes().fieldNames()) {
      if (!schema.containsField(column)) {
        throw new DataException(file + " has no column " + column);
      }
      Type there = schema.getType(column);
      boolean right =
          column.equals(PIXELS)
              ? isPixels(there)
              : there.isPrimitive()
                  && there.asPrimitiveType().getPrimitiveTypeName() == types.get(column);
      if (!right || there.isRepetition(Type.Repetition.REPEATED)) {
        throw new DataException(
            "%s has a column %s of another type: %s instead of %s"
                .formatted(
                    file,
                    column,
                    there,
                    column.equals(PIXELS)
                        ? "binary or a list of floats"
                        : types.get(column).name().toLowerCase(Locale.ROOT)));
      }
    }
  }

  /** Whether these are bytes, or a list of floats as Parquet has it: a group of a group. */
  private static boolean isPixels(Type type) {
    if (type.isPrimitive()) {
      return type.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY;
    }
    if (type.asGroupType().getFieldCount() != 1 || type.asGroupType().getType(0).isPrimitive()) {
      return false;
    }
    GroupType list = type.asGroupType().getType(0).asGroupType();
    return list.getFieldCount() == 1
        && list.isRepetition(Type.Repetition.REPEATED)
        && list.getType(0).isPrimitive()
        && list.getType(0).asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.FLOAT;
  }

  /** The row of an image. */
  public static Row row(long id, SourceImage image) {
    ImageShape shape = image.shape();
    return RowFactory.create(
        id,
        image.label(),
        shape.height(),
        shape.width(),
        shape.channels(),
        image.bytes() == null ? image.floats() : image.bytes());
  }
}
