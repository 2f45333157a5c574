package tweedie.data.picture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The header of a PNG file.
 *
 * @param width columns
 * @param height rows
 * @param depth bits of a sample
 * @param type of colour
 * @param interlace 1 for Adam7, else 0
 */
record PngHeader(long width, long height, int depth, int type, int interlace) {

  static final int GRAY = 0;
  static final int RGB = 2;
  static final int INDEXED = 3;

  private static final int LENGTH = 13;
  private static final int[] CHANNELS = {1, 0, 3, 1, 2, 0, 4};
  private static final String[] DEPTHS = {"1 2 4 8 16", "", "8 16", "1 2 4 8", "8 16", "", "8 16"};

  /**
   * Reads it.
   *
   * @param data of the IHDR chunk
   * @throws IOException if there is no such PNG
   */
  static PngHeader of(ByteBuffer data) throws IOException {
    if (data.remaining() != LENGTH) {
      throw new IOException(
          "its IHDR chunk has %d bytes, not %d".formatted(data.remaining(), LENGTH));
    }
    PngHeader header =
        new PngHeader(
            Integer.toUnsignedLong(data.getInt(0)),
            Integer.toUnsignedLong(data.getInt(4)),
            data.get(8),
            data.get(9),
            data.get(12));
    int type = header.type;
    if (type < 0
        || type >= DEPTHS.length
        || !Arrays.asList(DEPTHS[type].split(" ")).contains(String.valueOf(header.depth))
        || data.get(10) != 0
        || data.get(11) != 0
        || header.interlace >> 1 != 0) {
      throw new IOException(
          "its header says colour type %d, %d bits, compression %d, filter %d, interlace %d"
              .formatted(type, header.depth, data.get(10), data.get(11), header.interlace));
    }
    return header;
  }

  /** Samples of a stored pixel. */
  int channels() {
    return CHANNELS[type];
  }

  /** Bytes of the rows, each after the number of its filter. */
  long bytes() {
    if (interlace == 0) {
      return rows(width, height);
    }
    long sum = 0;
    int[][] passes = {
      {0, 0, 8, 8},
      {4, 0, 8, 8},
      {0, 4, 4, 8},
      {2, 0, 4, 4},
      {0, 2, 2, 4},
      {1, 0, 2, 2},
      {0, 1, 1, 2}
    };
    for (int[] pass : passes) {
      sum +=
          rows(
              (width - pass[0] + pass[2] - 1) / pass[2],
              (height - pass[1] + pass[3] - 1) / pass[3]);
    }
    return sum;
  }

  private long rows(long width, long height) {
    return width <= 0 || height <= 0 ? 0 : height * (1 + (width * channels() * depth + 7) / 8);
  }
}
