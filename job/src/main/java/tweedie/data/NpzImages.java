package tweedie.data;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.apache.hadoop.conf.Configuration;

/**
 * The 8-bit images in NumPy's {@code .npz} format: a zip file whose array {@code arr_0} is of uint8
 * and of the shape [n, height, width, channels] or, for gray images, [n, height, width].
 */
final class NpzImages implements Closeable {

  private static final String ENTRY = "arr_0.npy";
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern HEADER =
      Pattern.compile(
          ".*'descr': *'([^']*)', *'fortran_order': *(True|False), *'shape': *\\(([^)]*)\\).*");
  private static final String WANTED = "must be uint8 of the shape [n, height, width, channels]";

  private final String file;
  private final DataInputStream in;
  private final long total;
  private final ImageShape shape;
  private long read;

  private NpzImages(String file, DataInputStream in) throws IOException {
    this.file = file;
    this.in = in;
    int[] sizes = sizes();
    this.total = sizes[0];
    this.shape = new ImageShape(sizes[1], sizes[2], sizes.length == 4 ? sizes[3] : 1);
  }

  /**
   * Opens a file.
   *
   * @throws DataException if it is no such file
   */
  static NpzImages open(String file, Configuration conf) throws IOException {
    InputFiles.status(file, conf);
    ZipInputStream zip = new ZipInputStream(InputFiles.open(file, conf));
    try {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().equals(ENTRY)) {
          return new NpzImages(file, new DataInputStream(zip));
        }
      }
      throw new DataException(file + " holds no array arr_0, or is no .npz file");
    } catch (ZipException | EOFException e) {
      zip.close();
      throw new DataException(file + " is a broken .npz file: " + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  private int[] sizes() throws IOException {
    byte[] start = new byte[MAGIC.length + 2];
    in.readFully(start);
    if (!Arrays.equals(MAGIC, Arrays.copyOf(start, MAGIC.length))) {
      throw new DataException(file + ": arr_0 is not in NumPy's .npy format");
    }
    int version = start[MAGIC.length];
    int length = Short.toUnsignedInt(Short.reverseBytes(in.readShort()));
    if (version > 1) { // four bytes, little-endian
      length |= Short.toUnsignedInt(Short.reverseBytes(in.readShort())) << Short.SIZE;
    }
    byte[] text = new byte[length];
    in.readFully(text);
    String header = new String(text, StandardCharsets.UTF_8).strip();
    Matcher parts = HEADER.matcher(header);
    if (!parts.matches() || !parts.group(1).equals("|u1") || parts.group(2).equals("True")) {
      throw new DataException("%s: arr_0 %s, not %s".formatted(file, WANTED, header));
    }
    int[] sizes =
        Arrays.stream(parts.group(3).split(","))
            .map(String::strip)
            .filter(size -> !size.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray();
    if (sizes.length < 3 || sizes.length > 4) {
      throw new DataException(
          "%s: arr_0 %s, not %s".formatted(file, WANTED, Arrays.toString(sizes)));
    }
    return sizes;
  }

  long total() {
    return total;
  }

  ImageShape shape() {
    return shape;
  }

  /** The next image, values 0..255. */
  byte[] next() throws IOException {
    byte[] image = new byte[shape.dimension()];
    try {
      in.readFully(image);
    } catch (EOFException | ZipException e) {
      throw new DataException(
          "%s ends in image %d of the %d that it announces".formatted(file, read, total), e);
    }
    read++;
    return image;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
