package tweedie.data.picture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static tweedie.data.picture.JpegFiles.jpeg;
import static tweedie.data.picture.JpegFiles.withProfile;
import static tweedie.data.picture.JpegFiles.withSegment;
import static tweedie.data.picture.PngFiles.START;
import static tweedie.data.picture.PngFiles.chunk;
import static tweedie.data.picture.PngFiles.deflated;
import static tweedie.data.picture.PngFiles.end;
import static tweedie.data.picture.PngFiles.header;
import static tweedie.data.picture.PngFiles.joined;
import static tweedie.data.picture.PngFiles.pixels;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PictureColoursTest {

  @Test
  void profilesAreHonouredAlikeInEveryContainer() throws IOException {
    // linear light, which everything shows brighter
    byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    int width = 16;
    byte[] row = new byte[3 * width];
    Arrays.fill(row, (byte) 55);
    byte[][] rows = new byte[16][];
    Arrays.fill(rows, row);
    byte[] named = joined("icc\0\0".getBytes(ISO_8859_1), deflated(profile));
    byte[] png = joined(START, header(width, 16, 8, 2), chunk("iCCP", named), pixels(rows), end());
    BufferedImage image = new BufferedImage(width, 16, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, 16, 16, new int[256], 0, 16);
    for (int i = 0; i < 256; i++) {
      image.setRGB(i % 16, i / 16, 0x373737);
    }
    byte[] jpeg = withProfile(jpeg(image), profile);
    int expected = 128; // sRGB of 55 / 255
    for (byte[] file : new byte[][] {png, jpeg}) {
      for (byte value : PictureDecoder.decode("x", file).pixels()) {
        assertThat(value & 255).isBetween(expected - 2, expected + 2);
      }
    }
    byte[] unusable = withProfile(jpeg(image), new byte[300]);
    assertThat(PictureDecoder.decode("x", unusable).pixels()[0] & 255).isBetween(54, 56);
  }

  @Test
  void damageInSegmentsThatNoPixelNeedsChangesNothing() {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    image.setRGB(3, 3, 0xFFFFFF);
    byte[] jpeg = jpeg(image);
    byte[] expected = PictureDecoder.decode("x", jpeg).pixels();
    Random random = new Random(1);
    for (int marker = 0xFFE1; marker <= 0xFFFE; marker++) {
      if (marker < 0xFFF0 || marker == 0xFFFE) {
        byte[] noise = new byte[200];
        random.nextBytes(noise);
        for (String start : new String[] {"", "Exif\0\0", "ICC_PROFILE\0\1\1", "JFIF\0"}) {
          byte[] content = joined(start.getBytes(ISO_8859_1), noise);
          assertThat(PictureDecoder.decode("x", withSegment(jpeg, marker, content)).pixels())
              .as("%x %s", marker, start)
              .isEqualTo(expected);
        }
      }
    }
  }
}
