package tweedie.data.picture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static tweedie.data.picture.PngFiles.joined;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.ImageIO;

/** JPEG files with segments of any kind, for tests. */
final class JpegFiles {

  private JpegFiles() {}

  static byte[] jpeg(BufferedImage image) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(image, "jpeg", out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] withProfile(byte[] jpeg, byte[] profile) {
    return withSegment(jpeg, 0xFFE2, joined("ICC_PROFILE\0\1\1".getBytes(ISO_8859_1), profile));
  }

  static byte[] withSegment(byte[] jpeg, int marker, byte[] content) {
    return ByteBuffer.allocate(jpeg.length + 4 + content.length)
        .order(ByteOrder.BIG_ENDIAN)
        .put(jpeg, 0, 2)
        .putShort((short) marker)
        .putShort((short) (2 + content.length))
        .put(content)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }
}
