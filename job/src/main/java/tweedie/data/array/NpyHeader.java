package tweedie.data.array;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What stands before the numbers in a .npy file of NumPy: their type and the shape of the array,
 * whose last index runs fastest ("C" order).
 *
 * @param type of the numbers
 * @param shape length of each axis, each at least 0
 */
public record NpyHeader(Type type, List<Long> shape) {

  /** A type of numbers that is read and written. */
  public enum Type {
    /** Bytes 0..255. */
    UINT8("|u1", Byte.BYTES),
    /** Little-endian longs. */
    INT64("<i8", Long.BYTES),
    /** Little-endian floats. */
    FLOAT32("<f4", Float.BYTES),
    /** Little-endian doubles. */
    FLOAT64("<f8", Double.BYTES);

    private final String code;
    private final int bytes;

    Type(String code, int bytes) {
      this.code = code;
      this.bytes = bytes;
    }

    /** The numbers of bytes; those of uint8 are 0..255, those of int64 exact up to 2^53. */
    double[] doubles(byte[] values) {
      ByteBuffer buffer = ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN);
      double[] numbers = new double[values.length / bytes];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] =
            switch (this) {
              case UINT8 -> Byte.toUnsignedInt(buffer.get());
              case INT64 -> buffer.getLong();
              case FLOAT32 -> buffer.getFloat();
              case FLOAT64 -> buffer.getDouble();
            };
      }
      return numbers;
    }

    private static Type of(String code) {
      return Arrays.stream(values())
          .filter(type -> type.code.equals(code))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "its numbers are of type '%s'; uint8 ('|u1'), little-endian int64 ('<i8'), float32 ('<f4') and float64 ('<f8') can be read"
                          .formatted(shown(code))));
    }
  }

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;

  /** Bytes of the longest header that NumPy reads, too. */
  private static final int LONGEST = 10_000;

  private static final int MOST_AXES = 32;
  private static final int MOST_DIGITS = 18;
  private static final int SHOWN = 200;
  private static final Pattern TYPE = Pattern.compile("'descr': '([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order': (True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape': \\(([\\d, ]*)\\)");

  /**
   * @throws IllegalArgumentException if an axis is negative or there are more than 2^63 bytes
   */
  public NpyHeader {
    shape = List.copyOf(shape);
    if (shape.stream().anyMatch(axis -> axis < 0)) {
      throw new IllegalArgumentException("The axes of an array are at least 0, not " + shape);
    }
    bytes(type, shape);
  }

  /** The header of an array with these axes. */
  public static NpyHeader of(Type type, long... shape) {
    return new NpyHeader(type, Arrays.stream(shape).boxed().toList());
  }

  /** How many bytes of numbers follow. */
  public long bytes() {
    return bytes(type, shape);
  }

  private static long bytes(Type type, List<Long> shape) {
    try {
      return shape.stream().reduce((long) type.bytes, Math::multiplyExact);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("an array of shape " + shape + " is too large", e);
    }
  }

  /** The header's bytes, in version 1.0 of the format. */
  byte[] encode() {
    String axes = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
    String text =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }"
            .formatted(type.code, shape.size() == 1 ? axes + "," : axes);
    int unpadded = MAGIC.length + 2 + Short.BYTES + text.length() + 1;
    text += " ".repeat((ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT) + "\n";
    return ByteBuffer.allocate(MAGIC.length + 2 + Short.BYTES + text.length())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) text.length())
        .put(text.getBytes(StandardCharsets.US_ASCII))
        .array();
  }

  /**
   * Reads a header of version 1.0 or 2.0; the numbers come next.
   *
   * @throws IllegalArgumentException if it is none, or its numbers are of another type or order;
   *     the message goes on after "FILE is damaged:"
   * @throws IOException if the stream cannot be read
   */
  static NpyHeader read(InputStream in) throws IOException {
    byte[] start = in.readNBytes(MAGIC.length + 2);
    if (start.length < MAGIC.length + 2
        || !Arrays.equals(MAGIC, 0, MAGIC.length, start, 0, MAGIC.length)) {
      throw new IllegalArgumentException("not a .npy file");
    }
    int version = start[MAGIC.length];
    if (version != 1 && version != 2) {
      throw new IllegalArgumentException(
          "a .npy file of version %d.%d; 1.0 and 2.0 can be read"
              .formatted(version, start[MAGIC.length + 1]));
    }
    int length = length(in.readNBytes(version == 1 ? Short.BYTES : Integer.BYTES), version);
    if (length > LONGEST) {
      throw new IllegalArgumentException(
          "its header says that it has %d bytes; at most %d are read".formatted(length, LONGEST));
    }
    byte[] text = in.readNBytes(Math.max(0, length));
    if (length < 0 || text.length < length) {
      throw new IllegalArgumentException("cut off in its header");
    }
    return parse(new String(text, StandardCharsets.ISO_8859_1));
  }

  /** Passes over a header that {@link #read} takes; how many bytes it has. */
  static int skip(InputStream in) throws IOException {
    int version = in.readNBytes(MAGIC.length + 2)[MAGIC.length];
    int field = version == 1 ? Short.BYTES : Integer.BYTES;
    int length = length(in.readNBytes(field), version);
    in.skipNBytes(length);
    return MAGIC.length + 2 + field + length;
  }

  /** What the header says of its own length, or -1 where it does not. */
  private static int length(byte[] field, int version) {
    ByteBuffer buffer = ByteBuffer.wrap(field).order(ByteOrder.LITTLE_ENDIAN);
    if (field.length < (version == 1 ? Short.BYTES : Integer.BYTES)) {
      return -1;
    }
    return version == 1
        ? Short.toUnsignedInt(buffer.getShort())
        : (int) Math.min(Integer.MAX_VALUE, Integer.toUnsignedLong(buffer.getInt()));
  }

  private static NpyHeader parse(String text) {
    if ("True".equals(find(ORDER, text))) {
      throw new IllegalArgumentException(
          "stored in Fortran order; save numpy.ascontiguousarray of it");
    }
    List<Long> shape = new ArrayList<>();
    for (String axis : find(SHAPE, text).split(",")) {
      if (!axis.isBlank()) {
        if (axis.strip().length() > MOST_DIGITS || axis.strip().contains(" ")) {
          throw new IllegalArgumentException("its header is " + shown(text));
        }
        shape.add(Long.parseLong(axis.strip()));
      }
    }
    if (shape.size() > MOST_AXES) {
      throw new IllegalArgumentException(
          "its shape has %d axes; NumPy has at most %d".formatted(shape.size(), MOST_AXES));
    }
    return new NpyHeader(Type.of(find(TYPE, text)), shape);
  }

  private static String find(Pattern field, String text) {
    Matcher matcher = field.matcher(text);
    if (!matcher.find()) {
      throw new IllegalArgumentException("its header is " + shown(text));
    }
    return matcher.group(1);
  }

  private static String shown(String text) {
    String printable = text.strip().replaceAll("[^ -~]", "?");
    return printable.length() <= SHOWN ? printable : printable.substring(0, SHOWN) + "..";
  }
}
