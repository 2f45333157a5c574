package tweedie.data.shard;

import java.io.Closeable;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.statistics.LongStatistics;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.schema.MessageType;
import tweedie.Causes;
import tweedie.data.DataException;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;

/**
 * Streams the images of one shard, in their order in the file. Needs no Spark session: it runs
 * inside tasks. Holds one row group in memory. One thread at a time.
 *
 * <p>Pixels of 8-bit images come as value / 255, in [0, 1]; vectors come as they are stored.
 */
public final class ShardReader implements Iterator<LabeledImage>, Closeable {

  private final Shard shard;
  private final Configuration conf;
  private final ParquetReader<Group> reader;
  private ImageShape shape;
  private LabeledImage next;
  private long rows;

  private ShardReader(Shard shard, Configuration conf, ParquetReader<Group> reader)
      throws IOException {
    this.shard = shard;
    this.conf = conf;
    this.reader = reader;
    this.next = read();
  }

  /**
   * Opens a shard.
   *
   * @throws DataException if it is damaged, or does not have the columns of {@link ShardColumns}
   * @throws IOException if it cannot be read
   */
  public static ShardReader open(Shard shard, Configuration conf) throws IOException {
    ParquetReader<Group> reader = reader(shard, conf);
    try {
      return new ShardReader(shard, conf, reader);
    } catch (IOException | RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  /** Every page that has a checksum is held against it. */
  private static ParquetReader<Group> reader(Shard shard, Configuration conf) throws IOException {
    GroupReadSupport groups = new GroupReadSupport();
    ShardFile file = ShardFile.of(new Path(shard.path()), conf);
    return new ParquetReader.Builder<Group>(file) {
      @Override
      protected ReadSupport<Group> getReadSupport() {
        return groups;
      }
    }.withConf(conf).usePageChecksumVerification().build();
  }

  /**
   * How many images of a shard have each label; reads nothing else.
   *
   * @throws DataException if it is damaged
   * @throws IOException if it cannot be read
   */
  public static SortedMap<Integer, Long> labels(Shard shard, Configuration conf)
      throws IOException {
    Configuration labelsOnly = new Configuration(conf);
    labelsOnly.set(
        ReadSupport.PARQUET_READ_SCHEMA,
        "message labels { required int32 %s; }".formatted(ShardColumns.LABEL));
    SortedMap<Integer, Long> counts = new TreeMap<>();
    long rows = 0;
    try (ParquetReader<Group> reader = reader(shard, labelsOnly)) {
      for (Group row = reader.read(); row != null; row = reader.read(), rows++) {
        counts.merge(row.getInteger(ShardColumns.LABEL, 0), 1L, Long::sum);
      }
    } catch (IOException | RuntimeException e) {
      throw unreadable(shard, conf, rows, e);
    }
    return counts;
  }

  /**
   * What the footer of a shard says.
   *
   * @param images how many there are
   * @param firstId least id; more than {@code lastId} where there is no image
   * @param lastId largest id
   * @param notes texts by key
   */
  public record Footer(long images, long firstId, long lastId, Map<String, String> notes) {}

  /**
   * The footer of a shard.
   *
   * @throws DataException if it is damaged
   * @throws IOException if it cannot be read
   */
  public static Footer footer(Path file, Configuration conf) throws IOException {
    try (ParquetFileReader reader = ParquetFileReader.open(ShardFile.of(file, conf))) {
      long first = Long.MAX_VALUE;
      long last = Long.MIN_VALUE;
      for (BlockMetaData block : reader.getRowGroups()) {
        for (ColumnChunkMetaData chunk : block.getColumns()) {
          if (chunk.getPath().toDotString().equals(ShardColumns.ID)
              && chunk.getStatistics() instanceof LongStatistics ids) {
            first = Math.min(first, ids.getMin());
            last = Math.max(last, ids.getMax());
          }
        }
      }
      return new Footer(
          reader.getRecordCount(), first, last, reader.getFileMetaData().getKeyValueMetaData());
    } catch (FileNotFoundException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw unreadable(new Shard(file.toString(), 0), conf, 0, e);
    }
  }

  /**
   * What is wrong with a shard that could not be read on: a {@link DataException} where its content
   * is, and not the file system.
   *
   * @param rows that were read before
   */
  private static IOException unreadable(Shard shard, Configuration conf, long rows, Exception e)
      throws IOException {
    if (e instanceof DataException said) {
      throw said;
    }
    boolean ofContent =
        e instanceof RuntimeException && !(e instanceof UncheckedIOException)
            || e instanceof EOFException
            || e instanceof ChecksumException
            || e.getClass() == IOException.class; // as codecs and Parquet's headers have it
    String where =
        "%s cannot be read%s: %s"
            .formatted(
                shard.path(),
                rowGroup(shard, conf, rows),
                Causes.firstLine(Causes.root(e).getMessage()));
    if (ofContent) {
      throw new DataException(
          where + ". It is damaged; import it again, or put it back from a copy.", e);
    }
    return new IOException(where, e);
  }

  private static String rowGroup(Shard shard, Configuration conf, long rows) {
    try (ParquetFileReader footer =
        ParquetFileReader.open(ShardFile.of(new Path(shard.path()), conf))) {
      int group = 0;
      long end = 0;
      for (BlockMetaData block : footer.getRowGroups()) {
        group++;
        end += block.getRowCount();
        if (rows < end) {
          return " in row group %d of %d".formatted(group, footer.getRowGroups().size());
        }
      }
    } catch (IOException | RuntimeException e) {
      // the footer is what is damaged
    }
    return "";
  }

  /**
   * Some images of a shard.
   *
   * @param positions of the images in it, ascending
   * @throws IOException as {@link #open}
   */
  public static List<LabeledImage> chosen(Shard shard, int[] positions, Configuration conf)
      throws IOException {
    List<LabeledImage> images = new ArrayList<>(positions.length);
    try (ShardReader reader = open(shard, conf)) {
      for (int at = 0; images.size() < positions.length; at++) {
        LabeledImage image = reader.next();
        if (at == positions[images.size()]) {
          images.add(image);
        }
      }
    }
    return images;
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  /**
   * The next image.
   *
   * @throws UncheckedIOException if the shard cannot be read on
   * @throws DataException if an image does not have as many values as its shape says
   */
  @Override
  public LabeledImage next() {
    if (next == null) {
      throw new NoSuchElementException(shard.path());
    }
    LabeledImage result = next;
    try {
      next = read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return result;
  }

  private LabeledImage read() throws IOException {
    try {
      Group row = reader.read();
      if (row == null) {
        return null;
      }
      LabeledImage image = image(row);
      rows++;
      return image;
    } catch (IOException | RuntimeException e) {
      throw unreadable(shard, conf, rows, e);
    }
  }

  private LabeledImage image(Group row) {
    if (shape == null) {
      ShardColumns.check(new Path(shard.path()), (MessageType) row.getType());
    }
    int height = row.getInteger(ShardColumns.HEIGHT, 0);
    int width = row.getInteger(ShardColumns.WIDTH, 0);
    int channels = row.getInteger(ShardColumns.CHANNELS, 0);
    if (shape == null
        || height != shape.height()
        || width != shape.width()
        || channels != shape.channels()) { // one object for all images
      shape = new ImageShape(height, width, channels);
    }
    long id = row.getLong(ShardColumns.ID, 0);
    float[] pixels =
        row.getType().getType(ShardColumns.PIXELS).isPrimitive()
            ? ImageRows.ofBytes(row.getBinary(ShardColumns.PIXELS, 0).getBytesUnsafe())
            : floats(row.getGroup(ShardColumns.PIXELS, 0));
    if (pixels.length != shape.dimension()) {
      throw new DataException(
          String.format(
              "%s: image %d of %s has %d values", shard.path(), id, shape, pixels.length));
    }
    return new LabeledImage(id, row.getInteger(ShardColumns.LABEL, 0), shape, pixels);
  }

  private static float[] floats(Group list) {
    float[] pixels = new float[list.getFieldRepetitionCount(0)];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = list.getGroup(0, i).getFloat(0, 0);
    }
    return pixels;
  }

  @Override
  public void close() throws IOException {
    next = null;
    reader.close();
  }
}
