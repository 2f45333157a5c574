package tweedie.data.array;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.LocalDateTime;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import tweedie.data.array.NpyHeader.Type;

/**
 * Writes named arrays as NumPy's .npz, a zip of .npy files, one after another and each bit by bit:
 * nothing is held but what {@link #write} was last given. The same arrays give the same bytes.
 */
public final class NpzWriter implements Closeable {

  /** What NumPy writes too, as a zip cannot leave the time out. */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final ZipOutputStream zip;
  private String name;
  private NpyHeader header;
  private long missing;

  /** Writes to {@code out}, which {@link #close} closes. */
  public NpzWriter(OutputStream out) {
    this.zip = new ZipOutputStream(out);
  }

  /**
   * Begins the next array.
   *
   * @param name under which {@code numpy.load} knows it
   * @param header its type and shape; as many numbers have to follow
   * @throws IllegalStateException if the array before is not complete
   * @throws IOException if it cannot be written
   */
  public void begin(String name, NpyHeader header) throws IOException {
    end();
    ZipEntry entry = new ZipEntry(name + ".npy");
    entry.setTimeLocal(NO_TIME);
    zip.putNextEntry(entry);
    zip.write(header.encode());
    this.name = name;
    this.header = header;
    this.missing = header.bytes();
  }

  /**
   * Writes the next numbers of the array.
   *
   * @param values as they are, where the array is of float32; where it is of uint8, pixels, which
   *     become 255 x, rounded and clipped to 0..255
   * @throws IllegalArgumentException if there are more than were announced, or a pixel is NaN
   * @throws IOException if they cannot be written
   */
  public void write(float[] values) throws IOException {
    write(header.type() == Type.UINT8 ? eightBit(values) : littleEndian(values));
  }

  /** Writes the next numbers of an array of float64. */
  public void write(double[] values) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Double.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asDoubleBuffer().put(values);
    write(bytes.array());
  }

  /** Writes the next numbers of an array of int64. */
  public void write(long[] values) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    write(bytes.array());
  }

  private void write(byte[] bytes) throws IOException {
    missing -= bytes.length;
    if (missing < 0) {
      throw new IllegalArgumentException(
          "The array %s was announced with shape %s, and more follows"
              .formatted(name, header.shape()));
    }
    zip.write(bytes);
  }

  private static byte[] eightBit(float[] pixels) {
    byte[] bytes = new byte[pixels.length];
    for (int i = 0; i < bytes.length; i++) {
      if (Float.isNaN(pixels[i])) {
        throw new IllegalArgumentException("Pixel " + i + " is NaN, which is no brightness");
      }
      bytes[i] = (byte) Math.round(255 * Math.min(1, Math.max(0, pixels[i])));
    }
    return bytes;
  }

  private static byte[] littleEndian(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private void end() throws IOException {
    if (missing > 0) {
      throw new IllegalStateException(
          "The array %s was announced with shape %s, and %d bytes of it are missing"
              .formatted(name, header.shape(), missing));
    }
    zip.closeEntry();
  }

  /**
   * Ends the file.
   *
   * @throws IllegalStateException if the last array is not complete
   * @throws IOException if it cannot be written
   */
  @Override
  public void close() throws IOException {
    try {
      end();
    } finally {
      zip.close();
    }
  }
}
