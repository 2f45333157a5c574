package tweedie.data.array;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import tweedie.data.array.NpyHeader.Type;

/**
 * NumPy's .npy format for vectors of float32: plain numbers behind a text header, which {@code
 * numpy.load} reads.
 */
public final class NpyVector {

  private NpyVector() {}

  /** The file's bytes. */
  public static byte[] encode(float[] values) {
    byte[] header = NpyHeader.of(Type.FLOAT32, values.length).encode();
    ByteBuffer file =
        ByteBuffer.allocate(header.length + Float.BYTES * values.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(header);
    file.asFloatBuffer().put(values);
    return file.array();
  }

  /**
   * The vector in a file's bytes.
   *
   * @throws IllegalArgumentException if they are not a vector of float32
   */
  public static float[] decode(byte[] file) {
    ByteArrayInputStream in = new ByteArrayInputStream(file);
    NpyHeader header;
    try {
      header = NpyHeader.read(in);
    } catch (IOException e) {
      throw new IllegalArgumentException("no .npy file: " + e.getMessage(), e);
    }
    if (header.type() != Type.FLOAT32 || header.shape().size() != 1) {
      throw new IllegalArgumentException("not a vector of float32");
    }
    long length = header.shape().get(0);
    if (in.available() != header.bytes()) {
      throw new IllegalArgumentException(
          "%d numbers are announced and %d bytes follow".formatted(length, in.available()));
    }
    float[] values = new float[(int) length];
    ByteBuffer.wrap(file, file.length - in.available(), in.available())
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(values);
    return values;
  }
}
