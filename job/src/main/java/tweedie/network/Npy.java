package tweedie.network;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * NumPy's .npy format 1.0 for vectors of float32: plain numbers behind a text header, which {@code
 * numpy.load} reads.
 */
public final class Npy {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int ALIGNMENT = 64;
  private static final Pattern VECTOR =
      Pattern.compile("\\{'descr': '<f4', 'fortran_order': False, 'shape': \\((\\d+),\\), \\}\\s*");

  private Npy() {}

  /** The file's bytes. */
  public static byte[] encode(float[] values) {
    String header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }".formatted(values.length);
    int unpadded = MAGIC.length + Short.BYTES + header.length() + 1;
    header += " ".repeat((ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT) + "\n";
    ByteBuffer file =
        ByteBuffer.allocate(
                MAGIC.length + Short.BYTES + header.length() + Float.BYTES * values.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(MAGIC)
            .putShort((short) header.length())
            .put(header.getBytes(StandardCharsets.US_ASCII));
    file.asFloatBuffer().put(values);
    return file.array();
  }

  /**
   * The vector in a file's bytes.
   *
   * @throws IllegalArgumentException if they are not a vector of float32
   */
  public static float[] decode(byte[] file) {
    ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length < MAGIC.length + Short.BYTES
        || !Arrays.equals(MAGIC, 0, MAGIC.length, file, 0, MAGIC.length)) {
      throw new IllegalArgumentException("not a .npy file of version 1.0");
    }
    buffer.position(MAGIC.length);
    byte[] header = new byte[Short.toUnsignedInt(buffer.getShort())];
    if (buffer.remaining() < header.length) {
      throw new IllegalArgumentException("cut off in its header");
    }
    buffer.get(header);
    Matcher matcher = VECTOR.matcher(new String(header, StandardCharsets.US_ASCII));
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a vector of float32");
    }
    int length = Integer.parseInt(matcher.group(1));
    if (buffer.remaining() != Float.BYTES * (long) length) {
      throw new IllegalArgumentException(
          "%d numbers are announced and %d bytes follow".formatted(length, buffer.remaining()));
    }
    float[] values = new float[length];
    buffer.asFloatBuffer().get(values);
    return values;
  }
}
