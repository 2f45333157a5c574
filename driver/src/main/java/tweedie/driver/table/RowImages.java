package tweedie.driver.table;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import tweedie.data.DataException;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.SourceImage;
import tweedie.data.picture.DecodedImage;
import tweedie.data.picture.PictureDecoder;
import tweedie.data.picture.PictureFit;

/**
 * Makes images of one shape out of the values of a column.
 *
 * <p>Colour becomes its luma where the shape is gray, and gray three equal channels where it is
 * not. Whole numbers in an array are pixels from 0 to 255 where the shape is that of a picture;
 * other numbers are taken as they are, those of pictures from 0 to 1.
 *
 * @param column where they are
 * @param fit the shape, and what becomes of pictures of another size
 * @param stored how numbers become pixels
 */
public record RowImages(ImageColumn column, PictureFit fit, Stored stored) implements Serializable {

  /** How pixels are stored. */
  public enum Stored {
    /** A byte each. */
    BYTES,
    /** A float each. */
    FLOATS
  }

  private static final int WHITE = 255;

  /** Images that have a shape already, which is kept. */
  public static RowImages ofShape(StructType table, ImageColumn column, ImageShape shape) {
    return new RowImages(
        column,
        new PictureFit(shape, PictureFit.Size.KEPT),
        column.holdsBytes(table.apply(column.name()).dataType(), shape)
            ? Stored.BYTES
            : Stored.FLOATS);
  }

  public ImageShape shape() {
    return fit.shape();
  }

  /** An image, and whether its colours were converted. */
  public record Read(SourceImage image, boolean converted) {}

  /**
   * The image of a row.
   *
   * @param name of the row, for messages
   * @param label of the image
   * @throws DataException if there is none, or it is damaged, or of another shape
   */
  public Read image(Row row, String name, int label) {
    return image(row.getAs(column.name()), row, "%s of %s".formatted(column.name(), name), label);
  }

  /**
   * The pixels of a row, and whether colours were converted.
   *
   * @param pixels [m, d], in [0, 1] for pictures
   */
  public record Copies(double[] pixels, boolean converted) {}

  /**
   * The copies of a row whose column has several, or the one image.
   *
   * @throws DataException as {@link #image}
   */
  public Copies copies(Row row, String name) {
    String called = "%s of %s".formatted(column.name(), name);
    Object value = row.getAs(column.name());
    List<?> values =
        column.copies() && value != null ? list(value) : Collections.singletonList(value);
    List<double[]> copies = new ArrayList<>();
    boolean converted = false;
    for (Object copy : values) {
      Read read = image(copy, row, called, -1);
      copies.add(pixels(read.image()));
      converted |= read.converted();
    }
    if (copies.isEmpty()) {
      throw new DataException(called + " has no image");
    }
    return new Copies(ImageRows.joined(copies), converted);
  }

  /**
   * The pixels of a value that stands alone, [d].
   *
   * @throws DataException as {@link #image}
   */
  public static double[] pixels(ImageColumn.Kind kind, Object value, ImageShape shape) {
    RowImages alone =
        new RowImages(
            new ImageColumn("image", kind, false),
            new PictureFit(shape, PictureFit.Size.KEPT),
            !shape.vector() && isWhole(value) ? Stored.BYTES : Stored.FLOATS);
    return pixels(alone.image(value, null, "the image", -1).image());
  }

  private static boolean isWhole(Object value) {
    return value instanceof Seq<?> seq
        && list(seq).stream()
            .allMatch(
                number ->
                    number instanceof Number
                        && !(number instanceof Double)
                        && !(number instanceof Float));
  }

  private static double[] pixels(SourceImage image) {
    return ImageRows.doubles(
        image.bytes() == null ? image.floats() : ImageRows.ofBytes(image.bytes()));
  }

  private Read image(Object value, Row row, String name, int label) {
    if (value == null) {
      throw new DataException(name + " is null");
    }
    return switch (column.kind()) {
      case FILE, NAMED_FILE, IMAGE -> picture(name, decoded(column.kind(), value, name), label);
      case SHARD -> shard(value, row, name, label);
      case NUMBERS, VECTOR -> numbers(numbers(value, name), name, label);
    };
  }

  /**
   * A picture of any size, of three channels.
   *
   * @param name of the value, for messages
   * @throws DataException if it is no whole picture
   */
  static DecodedImage decoded(ImageColumn.Kind kind, Object value, String name) {
    return switch (kind) {
      case IMAGE -> SparkImage.decode(name, (Row) value);
      case NAMED_FILE -> namedFile((Row) value, name);
      default -> PictureDecoder.decode(name, (byte[]) value);
    };
  }

  private static DecodedImage namedFile(Row file, String name) {
    byte[] content = file.getAs("bytes");
    String path = file.getAs("path");
    String called = path == null ? name : "%s (%s)".formatted(name, path);
    if (content == null) {
      throw new DataException(called + " has no bytes; files that are only named are not read");
    }
    return PictureDecoder.decode(called, content);
  }

  private Read picture(String name, DecodedImage picture, int label) {
    boolean converted = picture.isGray() == (shape().channels() == 3);
    return new Read(SourceImage.ofBytes(label, shape(), fit.pixels(name, picture)), converted);
  }

  private Read shard(Object pixels, Row row, String name, int label) {
    if (row.isNullAt(row.fieldIndex("height"))
        || row.isNullAt(row.fieldIndex("width"))
        || row.isNullAt(row.fieldIndex("channels"))) {
      throw new DataException(name + " has a height, width or number of channels that is null");
    }
    ImageShape given =
        new ImageShape(row.getAs("height"), row.getAs("width"), row.getAs("channels"));
    if (!given.equals(shape())) {
      throw new DataException("%s is %s, and %s is needed".formatted(name, given, shape()));
    }
    if (pixels instanceof byte[] bytes) {
      requireLength(bytes.length, name);
      return new Read(SourceImage.ofBytes(label, shape(), bytes), false);
    }
    return numbers(numbers(pixels, name), name, label);
  }

  private Read numbers(double[] numbers, String name, int label) {
    requireLength(numbers.length, name);
    byte[] bytes = new byte[stored == Stored.BYTES ? numbers.length : 0];
    double white = shape().vector() ? Double.POSITIVE_INFINITY : stored == Stored.BYTES ? WHITE : 1;
    for (int i = 0; i < numbers.length; i++) {
      double number = numbers[i];
      if (!Double.isFinite(number) || !shape().vector() && !(number >= 0 && number <= white)) {
        throw new DataException(
            "%s has the value %s; pixels are %s"
                .formatted(
                    name,
                    number,
                    stored == Stored.BYTES
                        ? "whole numbers from 0 to 255"
                        : "numbers from 0 to 1, or whole numbers from 0 to 255 in a column of such"));
      }
      if (stored == Stored.BYTES) {
        bytes[i] = (byte) number;
      }
    }
    return new Read(
        stored == Stored.BYTES
            ? SourceImage.ofBytes(label, shape(), bytes)
            : SourceImage.ofFloats(label, shape(), ImageRows.floats(numbers)),
        false);
  }

  private void requireLength(int length, String name) {
    if (length != shape().dimension()) {
      throw new DataException(
          "%s has %d values, and an image of %s has %d"
              .formatted(name, length, shape(), shape().dimension()));
    }
  }

  /** The numbers of a vector, of an array, or of arrays of arrays. */
  static double[] numbers(Object value, String name) {
    if (value instanceof Vector vector) {
      return vector.toArray();
    }
    List<Double> flat = new ArrayList<>();
    add((Seq<?>) value, flat, name);
    return flat.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static void add(Seq<?> values, List<Double> flat, String name) {
    for (Object value : list(values)) {
      if (value instanceof Number number) {
        flat.add(number.doubleValue());
      } else if (value instanceof Seq<?> inner) {
        add(inner, flat, name);
      } else {
        throw new DataException(name + " has a null among its numbers");
      }
    }
  }

  private static List<?> list(Object seq) {
    return JavaConverters.seqAsJavaList((Seq<?>) seq);
  }
}
