package tweedie.data.array;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.InputFiles;
import tweedie.data.array.NpyHeader.Type;

/**
 * Streams the images of a .npz file as tools that measure samples exchange them: the array {@code
 * arr_0}, [n, height, width, channel], for gray images also [n, height, width] and for points [n,
 * d], of uint8 or float32. Holds one image in memory. One thread at a time.
 *
 * <p>Pixels of uint8 come as value / 255, in [0, 1]; those of float32 as they are.
 */
public final class NpzReader implements Iterator<float[]>, Closeable {

  private static final String ARRAY = "arr_0";

  private final String uri;
  private final ZipInputStream zip;
  private final NpyHeader header;
  private final ImageShape shape;
  private long read;

  private NpzReader(String uri, ZipInputStream zip) throws IOException {
    this.uri = uri;
    this.zip = zip;
    find();
    try {
      this.header = NpyHeader.read(zip);
    } catch (IllegalArgumentException e) {
      throw new DataException("%s, array %s: %s".formatted(uri, ARRAY, e.getMessage()), e);
    }
    this.shape = shape(header.shape());
  }

  /**
   * Opens a file.
   *
   * @throws DataException if it has no such array, or one of another type, order or shape
   * @throws IOException if it cannot be read
   */
  public static NpzReader open(String uri, Configuration conf) throws IOException {
    InputFiles.status(uri, conf);
    Path path = new Path(uri);
    InputStream file = path.getFileSystem(conf).open(path);
    try {
      return new NpzReader(uri, new ZipInputStream(file));
    } catch (ZipException e) {
      file.close();
      throw damaged(uri, e);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void find() throws IOException {
    List<String> others = new ArrayList<>();
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      if (entry.getName().equals(ARRAY + ".npy")) {
        return;
      }
      others.add(entry.getName());
    }
    throw new DataException(
        others.isEmpty()
            ? uri + " is not a .npz file: no zip entry is in it"
            : "%s has no array %s, only %s; numpy.savez(FILE, images) writes it"
                .formatted(uri, ARRAY, others));
  }

  private ImageShape shape(List<Long> axes) {
    long values = axes.stream().skip(1).reduce(1L, (a, b) -> a * b);
    if (axes.size() < 2
        || axes.size() > 4
        || values < 1
        || values > Integer.MAX_VALUE / Float.BYTES) {
      throw new DataException(
          "%s, array %s has shape %s; images are [n, height, width, channel], gray ones also [n, height, width], and points [n, d]"
              .formatted(uri, ARRAY, axes));
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
   * @throws DataException if the file is cut off or damaged
   * @throws UncheckedIOException if it cannot be read
   */
  @Override
  public float[] next() {
    if (!hasNext()) {
      throw new NoSuchElementException(uri);
    }
    byte[] bytes;
    try {
      bytes = zip.readNBytes(Math.toIntExact(header.bytes() / count()));
      read++;
      // the zip's checksum is compared where the array ends
      if (!hasNext() && zip.read() >= 0) {
        throw new DataException(
            "%s, array %s: more follows than %s".formatted(uri, ARRAY, header.shape()));
      }
    } catch (ZipException | EOFException e) {
      throw damaged(uri, e);
    } catch (IOException e) {
      throw new UncheckedIOException(uri + " cannot be read: " + e.getMessage(), e);
    }
    if (bytes.length < header.bytes() / count()) {
      throw new DataException(
          "%s, array %s is cut off in image %d of %d".formatted(uri, ARRAY, read - 1, count()));
    }
    return header.type() == Type.UINT8 ? ImageRows.ofBytes(bytes) : floats(bytes);
  }

  private static DataException damaged(String uri, IOException e) {
    return new DataException("%s is damaged: %s".formatted(uri, e.getMessage()), e);
  }

  private static float[] floats(byte[] bytes) {
    float[] pixels = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(pixels);
    return pixels;
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
