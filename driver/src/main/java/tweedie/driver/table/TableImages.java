package tweedie.driver.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.picture.DecodedImage;
import tweedie.data.picture.PictureFit;
import tweedie.data.source.FolderSource.Channels;
import tweedie.driver.table.RowImages.Stored;

/**
 * The images of a table.
 *
 * @param rows with the columns that images are made of, and no others
 */
public record TableImages(Dataset<Row> rows, RowImages images, LabelColumn labels, RowName names) {

  /** Rows that the shape of all is told from. */
  private static final int FIRST = 100;

  /**
   * What is asked for; what is not is told from the table.
   *
   * @param image column of the images
   * @param label column of their classes
   * @param size that images are brought to
   * @param channels that they are brought to
   */
  public record Wanted(
      Optional<String> image,
      Optional<String> label,
      Optional<ImageSize> size,
      Optional<Channels> channels) {}

  /**
   * Finds the images of a table, and reads its first rows: pictures have the size of the first
   * where none is given, and are gray where all of them are.
   *
   * @throws DataException if it has none, or it is not clear which they are
   */
  public static TableImages of(Dataset<Row> table, Wanted wanted) {
    ImageColumn column = ImageColumn.of(table.schema(), wanted.image(), ImageColumn.Values.ONE);
    LabelColumn labels = LabelColumn.of(table, wanted.label());
    RowName names = RowName.of(table.schema());
    Set<String> read = new LinkedHashSet<>(column.read());
    read.addAll(labels.read());
    if (!names.column().isEmpty()) {
      read.add(names.column());
    }
    Column[] columns = read.stream().map(Columns::quoted).toArray(Column[]::new);
    List<Row> first = table.select(columns).takeAsList(FIRST);
    if (first.isEmpty()) {
      throw new DataException("The table has no row");
    }
    return new TableImages(
        table.select(columns), images(table.schema(), column, first, names, wanted), labels, names);
  }

  /**
   * The images of a part of the table, with the shape and the classes of the whole.
   *
   * @param part rows of it, with all columns
   */
  public TableImages part(Dataset<Row> part) {
    Column[] columns = Arrays.stream(rows.columns()).map(Columns::quoted).toArray(Column[]::new);
    return new TableImages(part.select(columns), images, labels, names);
  }

  private static RowImages images(
      StructType schema, ImageColumn column, List<Row> first, RowName names, Wanted wanted) {
    return switch (column.kind()) {
      case FILE, NAMED_FILE, IMAGE ->
          new RowImages(column, fit(pictures(column, first, names), wanted), Stored.BYTES);
      case SHARD -> {
        if (wanted.size().isPresent() || wanted.channels().isPresent()) {
          throw new DataException(
              "The column %s has images of a shape of their own, which is kept: leave out the size and the channels"
                  .formatted(column.name()));
        }
        Row row = first.get(0);
        yield RowImages.ofShape(
            schema,
            column,
            new ImageShape(row.getAs("height"), row.getAs("width"), row.getAs("channels")));
      }
      case NUMBERS, VECTOR ->
          RowImages.ofShape(schema, column, shape(column, first.get(0), names, wanted));
    };
  }

  private static PictureFit kept(ImageShape shape) {
    return new PictureFit(shape, PictureFit.Size.KEPT);
  }

  /**
   * The first pictures that can be decoded; what is wrong with others is said when all are read.
   */
  private static List<DecodedImage> pictures(ImageColumn column, List<Row> first, RowName names) {
    List<DecodedImage> pictures = new ArrayList<>();
    DataException wrong = null;
    for (int i = 0; i < first.size(); i++) {
      Row row = first.get(i);
      String name = "%s of %s".formatted(column.name(), names.of(row, 0, i));
      try {
        pictures.add(RowImages.decoded(column.kind(), value(column, row, name), name));
      } catch (DataException e) {
        wrong = wrong == null ? e : wrong;
      }
    }
    if (pictures.isEmpty()) {
      throw wrong;
    }
    return pictures;
  }

  private static Object value(ImageColumn column, Row row, String name) {
    Object value = row.getAs(column.name());
    if (value == null) {
      throw new DataException(name + " is null");
    }
    return value;
  }

  private static PictureFit fit(List<DecodedImage> pictures, Wanted wanted) {
    boolean gray =
        wanted
            .channels()
            .map(channels -> channels == Channels.GRAY)
            .orElseGet(() -> pictures.stream().allMatch(DecodedImage::isGray));
    int channels = gray ? Channels.GRAY.count() : Channels.RGB.count();
    DecodedImage first = pictures.get(0);
    return wanted
        .size()
        .map(
            size -> {
              ImageShape.checkSize(size.height(), size.width());
              return new PictureFit(
                  new ImageShape(size.height(), size.width(), channels), PictureFit.Size.BROUGHT);
            })
        .orElseGet(() -> kept(new ImageShape(first.height(), first.width(), channels)));
  }

  /** The shape of numbers that say nothing of it. */
  private static ImageShape shape(ImageColumn column, Row first, RowName names, Wanted wanted) {
    String name = "%s of %s".formatted(column.name(), names.of(first, 0, 0));
    int values = RowImages.numbers(value(column, first, name), name).length;
    if (wanted.size().isEmpty()) {
      if (wanted.channels().isPresent()) {
        throw new DataException(
            "The column %s has %d numbers a row: their height and width are needed beside the channels"
                .formatted(column.name(), values));
      }
      return new ImageShape(1, 1, values);
    }
    ImageSize size = wanted.size().get();
    ImageShape.checkSize(size.height(), size.width());
    int pixels = size.height() * size.width();
    int channels = wanted.channels().map(Channels::count).orElse(values / pixels);
    if (channels * pixels != values || channels != 1 && channels != 3) {
      throw new DataException(
          "%s has %d numbers, which are no %dx%d pixels of 1 or 3 channels"
              .formatted(name, values, size.height(), size.width()));
    }
    return new ImageShape(size.height(), size.width(), channels);
  }
}
