package tweedie.data.picture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** PNG files chunk by chunk, for tests. */
final class PngFiles {

  static final byte[] START = "\u0089PNG\r\n\u001a\n".getBytes(ISO_8859_1);

  private PngFiles() {}

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static byte[] chunk(String type, byte[] data) {
    byte[] typed = joined(type.getBytes(ISO_8859_1), data);
    CRC32 crc = new CRC32();
    crc.update(typed);
    return ByteBuffer.allocate(typed.length + 8)
        .putInt(data.length)
        .put(typed)
        .putInt((int) crc.getValue())
        .array();
  }

  /** A chunk whose checksum is not that of its data. */
  static byte[] damaged(String type, byte[] data) {
    byte[] chunk = chunk(type, data);
    chunk[chunk.length - 1] ^= 1;
    return chunk;
  }

  static byte[] header(int width, int height, int depth, int type) {
    return chunk(
        "IHDR",
        ByteBuffer.allocate(13)
            .putInt(width)
            .putInt(height)
            .put((byte) depth)
            .put((byte) type)
            .array());
  }

  static byte[] deflated(byte[] data) {
    Deflater deflater = new Deflater();
    deflater.setInput(data);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[1 << 16];
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return out.toByteArray();
  }

  /** Rows of bytes, each after its filter 0. */
  static byte[] pixels(byte[]... rows) {
    byte[][] parts = new byte[2 * rows.length][];
    for (int y = 0; y < rows.length; y++) {
      parts[2 * y] = new byte[1];
      parts[2 * y + 1] = rows[y];
    }
    return chunk("IDAT", deflated(joined(parts)));
  }

  static byte[] end() {
    return chunk("IEND", new byte[0]);
  }

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
