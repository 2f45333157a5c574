package tweedie.data.shard;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
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
  private final ParquetReader<Group> reader;
  private ImageShape shape;
  private LabeledImage next;

  private ShardReader(Shard shard, ParquetReader<Group> reader) throws IOException {
    this.shard = shard;
    this.reader = reader;
    this.next = read();
  }

  /**
   * Opens a shard.
   *
   * @throws DataException if it does not have the columns of {@link ShardColumns}
   * @throws IOException if it cannot be read
   */
  public static ShardReader open(Shard shard, Configuration conf) throws IOException {
    ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), new Path(shard.path()))
            .withConf(conf)
            .build();
    try {
      return new ShardReader(shard, reader);
    } catch (IOException | RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  /**
   * The texts in the footer of a shard, by key.
   *
   * @throws IOException if it cannot be read
   */
  public static Map<String, String> notes(Path file, Configuration conf) throws IOException {
    try (ParquetFileReader footer = ParquetFileReader.open(HadoopInputFile.fromPath(file, conf))) {
      return footer.getFileMetaData().getKeyValueMetaData();
    }
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
      throw new UncheckedIOException(
          shard.path() + " cannot be read after image " + result.id() + ": " + e.getMessage(), e);
    }
    return result;
  }

  private LabeledImage read() throws IOException {
    Group row = reader.read();
    if (row == null) {
      return null;
    }
    ImageShape said =
        new ImageShape(
            row.getInteger(ShardColumns.HEIGHT, 0),
            row.getInteger(ShardColumns.WIDTH, 0),
            row.getInteger(ShardColumns.CHANNELS, 0));
    if (!said.equals(shape)) {
      shape = said; // one object for all images
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
