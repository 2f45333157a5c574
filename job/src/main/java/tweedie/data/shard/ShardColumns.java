package tweedie.data.shard;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
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
