package tweedie.data.array;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import tweedie.data.DataException;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.InputFiles;
import tweedie.data.array.NpyHeader.Type;

/**
 * Streams the images of a .npz file as tools that measure samples exchange them: an array, usually
 * {@code arr_0}, [n, height, width, channel], for gray images also [n, height, width] and for
 * points [n, d], of uint8, float32 or float64; or of a .npy file, which is one such array. Holds
 * one image in memory. One thread at a time.
 *
 * <p>Pixels of uint8 come as value / 255, in [0, 1]; those of floats as they are.
 */
public final class NpzReader implements Iterator<float[]>, Closeable {

  /** The name that NumPy gives to the first array that has none. */
  public static final String FIRST = "arr_0";

  private static final int MOST_VALUES = 1 << 24;

  private final String uri;
  private final String name;
  private final NpzArchive archive;
  private final InputStream array;
  private final NpyHeader header;
  private final ImageShape shape;
  private long read;

  private NpzReader(String uri, String name, NpzArchive archive) throws IOException {
    this.uri = uri;
    this.name = name;
    this.archive = archive;
    ZipArchiveEntry entry = archive.array(name);
    try (InputStream start = archive.open(entry)) {
      this.header = header(start);
    }
    this.shape = shape(header.shape());
    archive.check();
    this.array = archive.open(entry);
    checkLength(entry.getSize() - NpyHeader.skip(array));
  }

  /** Of a .npy file. */
  private NpzReader(String uri, InputStream file, long length, InputStream again)
      throws IOException {
    this.uri = uri;
    this.name = FIRST;
    this.archive = null;
    this.header = header(file);
    this.shape = shape(header.shape());
    this.array = again;
    checkLength(length - NpyHeader.skip(array));
  }

  private NpyHeader header(InputStream start) throws IOException {
    try {
      NpyHeader read = NpyHeader.read(start);
      if (read.type() == Type.INT64) {
        throw new DataException(
            "%s, array %s: its numbers are of type int64; images are of uint8, float32 or float64"
                .formatted(uri, name));
      }
      return read;
    } catch (IllegalArgumentException e) {
      throw new DataException("%s, array %s: %s".formatted(uri, name, e.getMessage()), e);
    }
  }

  private void checkLength(long bytes) {
    if (bytes != header.bytes()) {
      throw new DataException(
          "%s, array %s: its shape %s needs %d bytes of numbers, and there are %d"
              .formatted(uri, name, header.shape(), header.bytes(), bytes));
    }
  }

  /** Whether a file is named as one array. */
  public static boolean isArray(String uri) {
    return uri.toLowerCase(Locale.ROOT).endsWith(".npy");
  }

  /**
   * The names of the arrays of a .npz file.
   *
   * @throws DataException if it is damaged
   * @throws IOException if it cannot be read
   */
  public static List<String> names(String uri, Configuration conf) throws IOException {
    try (NpzArchive archive = NpzArchive.open(uri, conf)) {
      return archive.names();
    }
  }

  /**
   * Opens a file and reads it once, to see that it is whole.
   *
   * @throws DataException if it is damaged, has no such array, or one of another type, order or
   *     shape
   * @throws IOException if it cannot be read
   */
  public static NpzReader open(String uri, Configuration conf) throws IOException {
    return open(uri, FIRST, conf);
  }

  /** The same of the array of this name. */
  public static NpzReader open(String uri, String name, Configuration conf) throws IOException {
    if (isArray(uri)) {
      return ofArray(uri, conf);
    }
    NpzArchive archive = NpzArchive.open(uri, conf);
    try {
      return new NpzReader(uri, name, archive);
    } catch (DataException e) {
      archive.close();
      throw e;
    } catch (IOException e) {
      archive.close();
      throw new DataException(
          "%s, array %s is damaged: %s".formatted(uri, name, e.getMessage()), e);
    }
  }

  private static NpzReader ofArray(String uri, Configuration conf) throws IOException {
    FileStatus status = InputFiles.status(uri, conf);
    if (status.isDirectory()) {
      throw new DataException(uri + " is a directory, not a .npy file");
    }
    InputStream again = new BufferedInputStream(InputFiles.open(status.getPath(), conf));
    try (InputStream start = InputFiles.open(status.getPath(), conf)) {
      return new NpzReader(uri, start, status.getLen(), again);
    } catch (IOException | RuntimeException e) {
      again.close();
      if (e instanceof EOFException) {
        throw new DataException(uri + " is cut off in its header", e);
      }
      throw e;
    }
  }

  private ImageShape shape(List<Long> axes) {
    double values = axes.stream().skip(1).mapToDouble(axis -> axis).reduce(1, (a, b) -> a * b);
    if (axes.size() < 2 || axes.size() > 4 || values < 1 || values > MOST_VALUES) {
      throw new DataException(
          "%s, array %s has shape %s; images are [n, height, width, channel], gray ones also [n, height, width], and points [n, d]%s"
              .formatted(
                  uri,
                  name,
                  axes,
                  values > MOST_VALUES
                      ? ", each of at most %d numbers".formatted(MOST_VALUES)
                      : ""));
    }
    int[] sizes = axes.stream().mapToInt(Long::intValue).toArray();
    return switch (sizes.length) {
      case 2 -> new ImageShape(1, 1, sizes[1]);
      case 3 -> new ImageShape(sizes[1], sizes[2], 1);
      default -> new ImageShape(sizes[1], sizes[2], sizes[3]);
    };
  }

  /** Shape of each image. */
  public ImageShape shape() {
    return shape;
  }

  /** The type of the numbers in the file. */
  public Type type() {
    return header.type();
  }

  /** Number of images in the file. */
  public long count() {
    return header.shape().get(0);
  }

  @Override
  public boolean hasNext() {
    return read < count();
  }

  /**
   * The next image, [height, width, channel].
   *
   * @throws UncheckedIOException if the file cannot be read any more
   */
  @Override
  public float[] next() {
    if (!hasNext()) {
      throw new NoSuchElementException(uri);
    }
    try {
      byte[] bytes = array.readNBytes(Math.toIntExact(header.bytes() / count()));
      read++;
      return header.type() == Type.UINT8
          ? ImageRows.ofBytes(bytes)
          : ImageRows.floats(header.type().doubles(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(uri + " cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    array.close();
    if (archive != null) {
      archive.close();
    }
  }
}
