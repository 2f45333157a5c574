package tweedie.data.picture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tweedie.data.picture.JpegFiles.jpeg;
import static tweedie.data.picture.PngFiles.START;
import static tweedie.data.picture.PngFiles.bytes;
import static tweedie.data.picture.PngFiles.chunk;
import static tweedie.data.picture.PngFiles.damaged;
import static tweedie.data.picture.PngFiles.deflated;
import static tweedie.data.picture.PngFiles.end;
import static tweedie.data.picture.PngFiles.header;
import static tweedie.data.picture.PngFiles.joined;
import static tweedie.data.picture.PngFiles.pixels;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.data.DataException;
import tweedie.data.RealData;

class PictureDecoderTest {

  private static final byte[] TWO = header(2, 1, 8, 0);
  private static final byte[] PIXELS = pixels(bytes(10, 200));

  private static int[] gray(byte[] content) {
    byte[] rgb = PictureDecoder.decode("x", content).pixels();
    int[] values = new int[rgb.length / 3];
    for (int i = 0; i < values.length; i++) {
      assertThat(rgb[3 * i]).isEqualTo(rgb[3 * i + 1]).isEqualTo(rgb[3 * i + 2]);
      values[i] = rgb[3 * i] & 255;
    }
    return values;
  }

  private static void refused(byte[] content, String why) {
    assertThatThrownBy(() -> PictureDecoder.decode("x.png", content))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("x.png is ")
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tEXt", "zTXt", "iTXt", "tIME", "sBIT", "gAMA", "cHRM", "sRGB", "pHYs", "bKGD", "hIST",
        "sPLT", "oFFs", "abcd", "PLTE", "ABCD"
      })
  void damageInChunksThatNoPixelNeedsChangesNothing(String type) {
    for (byte[] data : new byte[][] {new byte[0], {1}, {1, 2, 3, 4, 5, 6, 7}, new byte[1000]}) {
      byte[] before = joined(START, TWO, damaged(type, data), PIXELS, end());
      byte[] after = joined(START, TWO, PIXELS, damaged(type, data), end());
      assertThat(gray(before)).containsExactly(10, 200);
      assertThat(gray(after)).containsExactly(10, 200);
      if (!type.equals("ABCD")) {
        assertThat(gray(joined(START, TWO, chunk(type, data), PIXELS, end())))
            .containsExactly(10, 200);
      }
    }
  }

  @Test
  void damageThatPixelsFeelIsRefused() {
    refused(joined(START, TWO, TWO, PIXELS, end()), "it has two IHDR chunks");
    refused(joined(START, PIXELS, TWO, end()), "it does not begin with its IHDR chunk");
    refused(joined(START, TWO, end()), "it has no IDAT chunk");
    refused(joined(START, TWO, chunk("CgBI", new byte[4]), PIXELS, end()), "a chunk CgBI");
    refused(joined(START, TWO, pixels(bytes(10, 200, 3)), end()), "more pixels than the 1x2");
    refused(joined(START, TWO, PIXELS, chunk("IDAT", new byte[3]), end()), "more pixels than");
    refused(joined(START, TWO, pixels(bytes(10)), end()), "its pixels end before the 1x2");
    byte[] deflated = deflated(new byte[] {0, 1, 2});
    deflated[deflated.length - 1] ^= 1;
    refused(joined(START, TWO, chunk("IDAT", deflated), end()), "its pixels are damaged");
    byte[] cut = Arrays.copyOf(deflated, deflated.length - 2);
    refused(joined(START, TWO, chunk("IDAT", cut), end()), "its pixels end before");
    refused(joined(START, header(2, 1, 3, 0), PIXELS, end()), "colour type 0, 3 bits");
    refused(joined(START, header(2, 1, 8, 9), PIXELS, end()), "colour type 9");
    refused(joined(START, header(0, 1, 8, 0), PIXELS, end()), "it says that it is 1x0");
    refused(joined(START, header(2, 1, 8, 3), PIXELS, end()), "it has no palette");
    refused(
        joined(START, header(2, 1, 8, 3), chunk("PLTE", new byte[6]), PIXELS, end()),
        "a pixel has the colour 10 of a palette of 2");
    refused(
        joined(START, TWO, chunk("tRNS", new byte[3]), PIXELS, end()), "tRNS chunk has 3 bytes");
    refused(joined(START, TWO, PIXELS, chunk("tRNS", new byte[2]), end()), "a late tRNS chunk");
  }

  @Test
  void pixelsMayComeInManyChunks() {
    byte[] all = deflated(new byte[] {0, 10, (byte) 200});
    byte[][] parts = new byte[all.length + 3][];
    parts[0] = START;
    parts[1] = TWO;
    for (int i = 0; i < all.length; i++) {
      parts[2 + i] = chunk("IDAT", new byte[] {all[i]});
    }
    parts[all.length + 2] = end();
    assertThat(gray(joined(parts))).containsExactly(10, 200);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 0001, 40, 0 255",
    "2, 0, 0002, 90, 255 85",
    "4, 0, 0003, 3A, 255 170",
    "8, 0, 0011, 1122, 255 34",
    "16, 0, 1234, 12341235, 255 18",
    "8, 2, 000A0014001E, 0A141E0A141E, 255 255",
    "16, 2, 111111111111, 111111111111222222222222, 255 34",
  })
  void aTransparentValueIsWhiteInEveryDepth(
      int depth, int type, String key, String row, String expected) {
    byte[] png =
        joined(
            START,
            header(2, 1, depth, type),
            chunk("tRNS", HexFormat.of().parseHex(key)),
            pixels(HexFormat.of().parseHex(row)),
            end());
    assertThat(Arrays.toString(gray(png)).replaceAll("[\\[\\],]", "")).isEqualTo(expected);
  }

  @Test
  void bombsTakeNoMemory() {
    byte[] zeros = deflated(new byte[100 << 20]);
    for (String type : new String[] {"zTXt", "iTXt"}) {
      byte[] text = joined("a\0\0".getBytes(ISO_8859_1), zeros);
      assertThat(gray(joined(START, TWO, chunk(type, text), PIXELS, end())))
          .containsExactly(10, 200);
    }
    byte[] profile = chunk("iCCP", joined("a\0\0".getBytes(ISO_8859_1), zeros));
    refused(joined(START, TWO, profile, PIXELS, end()), "its colour profile has more than");
    refused(joined(START, header(60_000, 60_000, 8, 2), PIXELS, end()), "it says that it is 60000");
    refused(joined(START, header(9_000, 9_000, 8, 0), PIXELS, end()), "are too few for 9000x9000");
    refused(joined(START, header(-1, -1, 8, 0), PIXELS, end()), "it says that it is 4294967295");
    refused(
        joined(START, header(2, 1, 8, 0), chunk("IDAT", zeros), end()), "more pixels than the 1x2");
    byte[] jpeg = jpeg(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB));
    for (int i = 2; i < jpeg.length; i++) {
      if ((jpeg[i] & 255) == 0xC0 && (jpeg[i - 1] & 255) == 0xFF) {
        Arrays.fill(jpeg, i + 4, i + 8, (byte) 0xFF);
      }
    }
    refused(jpeg, "it says that it is 65535x65535");
  }

  @ParameterizedTest
  @CsvSource({
    "GIF89a, a GIF picture",
    "xxxxftypheic, a HEIC picture",
    "xxxxftypavif, an AVIF picture",
    "xxxxftypisom, a video",
    "%PDF-1.7, a PDF document",
    "8BPS, a Photoshop document",
    "'<?xml version=\"1.0\"?>\n<svg xmlns=', an SVG drawing",
    "<!DOCTYPE html><html>, a web page",
    "version https://git-lfs.github.com/spec/v1, 'not the picture, but where Git LFS has it'",
    "'PK\u0003\u0004x', a zip archive",
  })
  void otherKindsOfFilesAreNamed(String start, String kind) {
    refused(joined(start.getBytes(ISO_8859_1), new byte[100]), kind);
    assertThatThrownBy(() -> PictureDecoder.decode("x", start.getBytes(ISO_8859_1)))
        .hasMessageEndingWith("; PNG, JPEG, TIFF, WebP and BMP pictures are read");
  }

  @Test
  void whatIsDecodedIsToldByContentAndNotByName() throws IOException {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, 0x0A141E);
    image.setRGB(1, 0, 0xFF8000);
    for (String format : new String[] {"png", "tiff", "bmp"}) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(image, format, out);
      assertThat(PictureDecoder.decode("x.jpg", out.toByteArray()).pixels())
          .as(format)
          .isEqualTo(bytes(10, 20, 30, 255, 128, 0));
      byte[] half = Arrays.copyOf(out.toByteArray(), out.size() - 5);
      assertThatThrownBy(() -> PictureDecoder.decode("x." + format, half))
          .as(format)
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith("x." + format + " is not a whole picture: ");
    }
  }

  @Test
  @Timeout(60)
  void aDamagedWebpEnds() {
    // the reader asks for more for ever
    byte[] webp =
        HexFormat.of()
            .parseHex("524946461a000000574542505650384c0d0000002f0000001007101111af88fe0700");
    assertThatThrownBy(() -> PictureDecoder.decode("x.webp", webp))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("x.webp is not a whole picture: ");
  }

  @Test
  void webpIsRead() {
    // a red lossless pixel
    byte[] webp = Base64.getDecoder().decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");
    DecodedImage image = PictureDecoder.decode("x.png", webp);
    assertThat(image.height()).isEqualTo(1);
    assertThat(image.pixels()).hasSize(3);
    refused(Arrays.copyOf(webp, webp.length - 4), "it says that it has 34 bytes, and has 30");
  }

  @Test
  void oddPicturesAreReadExactly() throws IOException {
    Path odd = RealData.directory("odd");
    try (Stream<Path> files = Files.list(odd)) {
      for (Path file : files.filter(f -> f.toString().matches(".*(png|jpg)")).toList()) {
        assertThatCode(() -> PictureDecoder.decode(file.toString(), Files.readAllBytes(file)))
            .as(file.toString())
            .doesNotThrowAnyException();
      }
    }
    byte[] png = odd(odd, "profile_adobe.png");
    byte[] jpeg = odd(odd, "profile_adobe.jpg");
    double difference = 0;
    for (int i = 0; i < png.length; i++) {
      difference += Math.abs((png[i] & 255) - (jpeg[i] & 255)) / (double) png.length;
    }
    assertThat(difference).as("what JPEG loses").isLessThan(0.6);
  }

  private static byte[] odd(Path odd, String name) throws IOException {
    return PictureDecoder.decode(name, Files.readAllBytes(odd.resolve(name))).pixels();
  }

  /** Whatever is done to a file, it is read or refused, in a sentence and in bounded memory. */
  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg", "tiff", "bmp"})
  void mutatedFilesAreReadOrRefused(String format) throws IOException {
    BufferedImage image = new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(2);
    for (int i = 0; i < 400; i++) {
      image.setRGB(i % 20, i / 20, random.nextInt());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, format, out);
    int refused = 0;
    for (int trial = 0; trial < 600; trial++) {
      byte[] mutated = out.toByteArray();
      int at = random.nextInt(trial % 2 == 0 ? 200 : mutated.length);
      mutated[at] = (byte) (trial % 3 == 0 ? 0xFF : random.nextInt());
      if (trial % 5 == 0) {
        mutated = Arrays.copyOf(mutated, random.nextInt(mutated.length));
      }
      try {
        PictureDecoder.decode("x", mutated);
      } catch (DataException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(100);
  }
}
