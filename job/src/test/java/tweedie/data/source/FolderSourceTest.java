package tweedie.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.RealData;
import tweedie.data.SourceImage;
import tweedie.data.picture.DecodedImage;
import tweedie.data.source.FolderSource.Channels;

class FolderSourceTest {

  @TempDir Path dir;

  @Test
  void picturesOfTheTargetSizeKeepTheirBytes() throws IOException {
    BufferedImage image = new BufferedImage(4, 3, BufferedImage.TYPE_INT_RGB);
    byte[] expected = new byte[36];
    for (int i = 0; i < 12; i++) {
      int rgb = i * 0x0a1b2c & 0xffffff;
      image.setRGB(i % 4, i / 4, rgb);
      expected[3 * i] = (byte) (rgb >> 16);
      expected[3 * i + 1] = (byte) (rgb >> 8);
      expected[3 * i + 2] = (byte) rgb;
    }
    assertThat(png(image, 3, 4)).isEqualTo(expected);
  }

  @Test
  void grayIsTakenAsStored() throws IOException {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSample(0, 0, 0, 128);
    image.getRaster().setSample(1, 0, 0, 7);
    assertThat(png(image, 1, 2)).containsExactly(128, 128, 128, 7, 7, 7);
  }

  @Test
  void sixteenBitsAreRounded() throws IOException {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setPixels(0, 0, 3, 1, new int[] {0, 65535, 100 * 257 + 129});
    assertThat(png(image, 1, 3)).containsExactly(0, 0, 0, 255, 255, 255, 101, 101, 101);
  }

  @Test
  void sixteenBitColorsWithAlphaAreLaidOverWhite() throws IOException {
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            true,
            false,
            Transparency.TRANSLUCENT,
            DataBuffer.TYPE_USHORT);
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, 1, 1, 4, null);
    raster.setPixel(0, 0, new int[] {65535, 0, 32768, 32768});
    assertThat(png(new BufferedImage(model, raster, false, null), 1, 1))
        .containsExactly(255, 127, 191);
  }

  @Test
  void alphaIsLaidOverWhite() throws IOException {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x00ff0000);
    image.setRGB(1, 0, 0x33000000);
    image.setRGB(2, 0, 0xff0a141e);
    assertThat(png(image, 1, 3)).containsExactly(255, 255, 255, 204, 204, 204, 10, 20, 30);
  }

  @Test
  void paletteIsLookedUp() throws IOException {
    IndexColorModel palette =
        new IndexColorModel(2, 3, new int[] {0xff112233, 0xff445566, 0x00aabbcc}, 0, true, -1, 0);
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_INDEXED, palette);
    image.getRaster().setPixels(0, 0, 3, 1, new int[] {0, 1, 2});
    assertThat(png(image, 1, 3)).containsExactly(0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 255, 255, 255);
  }

  @Test
  void shrinkingAveragesOverTheArea() throws IOException {
    BufferedImage image = new BufferedImage(3, 3, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setPixels(0, 0, 3, 3, new int[] {0, 90, 180, 30, 60, 90, 120, 240, 0});
    // 1.5 pixels a side: whole pixels count 1, the middle ones half
    byte[] shrunk = png(image, 2, 2);
    assertThat(shrunk[0] & 255)
        .isEqualTo(Math.round((0 + 90 * 0.5f + 30 * 0.5f + 60 * 0.25f) / 2.25f));
    assertThat(shrunk[9] & 255)
        .isEqualTo(Math.round((60 * 0.25f + 90 * 0.5f + 240 * 0.5f + 0) / 2.25f));
    assertThat(png(image, 1, 1)[0] & 255).isEqualTo(Math.round(810 / 9f));
  }

  @Test
  void otherAspectsAreCroppedAroundTheCentre() throws IOException {
    BufferedImage image = new BufferedImage(6, 2, BufferedImage.TYPE_BYTE_GRAY);
    for (int x = 0; x < 6; x++) {
      image.getRaster().setSample(x, 0, 0, 10 * x);
      image.getRaster().setSample(x, 1, 0, 10 * x);
    }
    assertThat(gray(png(image, 2, 2))).containsExactly(20, 30, 20, 30);
  }

  @Test
  void growingInterpolates() throws IOException {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setPixels(0, 0, 2, 1, new int[] {0, 200});
    assertThat(gray(png(image, 2, 4))).containsExactly(0, 50, 150, 200, 0, 50, 150, 200);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1 2 3 4 5 6, 2",
    "2, 3 2 1 6 5 4, 2",
    "3, 6 5 4 3 2 1, 2",
    "4, 4 5 6 1 2 3, 2",
    "5, 1 4 2 5 3 6, 3",
    "6, 4 1 5 2 6 3, 3",
    "7, 6 3 5 2 4 1, 3",
    "8, 3 6 2 5 1 4, 3"
  })
  void orientationsAreTurnedUpright(int orientation, String seen, int height) {
    DecodedImage stored = new DecodedImage(2, 3, 1, new byte[] {1, 2, 3, 4, 5, 6});
    DecodedImage upright = stored.upright(orientation);
    assertThat(upright.height()).isEqualTo(height);
    assertThat(Arrays.toString(upright.pixels())).isEqualTo("[" + seen.replace(" ", ", ") + "]");
  }

  @Test
  void exifOrientationIsHonoured() throws IOException {
    // left half black, right half white; orientation 6 turns the left edge up
    byte[] jpeg = jpeg(halves());
    byte[] turned = read("turned.jpg", withOrientation(jpeg, 6), 2, 1);
    assertThat(gray(turned)).containsExactly(0, 255);
    byte[] mirrored = read("turned.jpg", withOrientation(jpeg, 2), 1, 2);
    assertThat(gray(mirrored)).containsExactly(255, 0);
  }

  @Test
  void cmykJpegIsRead() throws IOException {
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
    for (int i = 0; i < 256; i++) {
      // as Adobe stores it, inverted: no cyan, full magenta and yellow, no black
      raster.setPixel(i % 16, i / 16, new int[] {255, 0, 0, 255});
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = jdkJpegWriter();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(new IIOImage(raster, null, null));
    } finally {
      writer.dispose();
    }
    byte[] pixel = read("cmyk.jpg", withAdobeMarker(bytes.toByteArray()), 1, 1);
    assertThat(pixel[0] & 255).as("red").isGreaterThan(200);
    assertThat(pixel[1] & 255).as("green").isLessThan(60);
    assertThat(pixel[2] & 255).as("blue").isLessThan(60);
  }

  @Test
  void truncatedFilesAreRefused() throws IOException {
    byte[] jpeg = jpeg(halves());
    refused(Arrays.copyOf(jpeg, jpeg.length - 2), "it ends before its end-of-image marker");
    refused(Arrays.copyOf(jpeg, jpeg.length / 2), "it ends before its end-of-image marker");
    BufferedImage busy = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64 * 64; i++) {
      busy.setRGB(i % 64, i / 64, i * 0x9e3779b1 >>> 8);
    }
    jpeg = jpeg(busy);
    byte[] patched = Arrays.copyOf(jpeg, jpeg.length * 9 / 10);
    patched[patched.length - 2] = (byte) 0xff;
    patched[patched.length - 1] = (byte) 0xd9;
    refused(patched, "premature end");
    byte[] png = pngBytes(halves());
    refused(Arrays.copyOf(png, png.length - 14), "it ends inside a chunk");
    refused(Arrays.copyOf(png, png.length - 12), "it ends before its IEND chunk");
    png[png.length / 2] ^= 1;
    refused(png, "the checksum of the chunk at byte");
    refused(new byte[0], "it is empty");
    refused("plain text".getBytes(), "it starts as none does");
  }

  @Test
  void filesAreSortedAndOthersListed() throws IOException {
    Files.createDirectories(dir.resolve("b"));
    for (String name : List.of("c.PNG", "a.jpeg", "b/x.png", "._a.png", "README.md")) {
      Files.write(dir.resolve(name), pngBytes(halves()));
    }
    ImageSource.Listing listing =
        new FolderSource(dir.toString(), 8, 8, Channels.RGB, FolderLabels.NEVER).list(Sources.CONF);
    assertThat(listing.parts())
        .extracting(part -> dir.toUri().relativize(java.net.URI.create(part.name())).getPath())
        .containsExactly("a.jpeg", "b/x.png", "c.PNG");
    assertThat(listing.ignored())
        .hasSize(2)
        .anyMatch(line -> line.contains("README.md"))
        .anyMatch(line -> line.contains("._a.png"));
  }

  @Test
  void photosAreRead() throws IOException {
    Path photos = RealData.directory("photos");
    FolderSource source =
        new FolderSource(photos.toString(), 64, 64, Channels.RGB, FolderLabels.NEVER);
    List<SourceImage> read = Sources.read(source);
    assertThat(read).hasSize(source.list(Sources.CONF).parts().size());
    assertThat(read).allMatch(image -> image.shape().equals(new ImageShape(64, 64, 3)));
  }

  private byte[] png(BufferedImage image, int height, int width) throws IOException {
    return read("image.png", pngBytes(image), height, width);
  }

  private byte[] read(String name, byte[] content, int height, int width) throws IOException {
    Path file = dir.resolve(name);
    Files.write(file, content);
    return Sources.read(
            new FolderSource(file.toString(), height, width, Channels.RGB, FolderLabels.NEVER))
        .get(0)
        .bytes();
  }

  private void refused(byte[] content, String reason) {
    assertThatThrownBy(() -> read("bad.jpg", content, 8, 8))
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll("bad.jpg is not a whole picture", reason);
  }

  private static int[] gray(byte[] rgb) {
    int[] values = new int[rgb.length / 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = rgb[3 * i] & 255;
    }
    return values;
  }

  private static BufferedImage halves() {
    BufferedImage image = new BufferedImage(64, 32, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 32; y++) {
      for (int x = 32; x < 64; x++) {
        image.setRGB(x, y, 0xffffff);
      }
    }
    return image;
  }

  private static byte[] pngBytes(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  private static ImageWriter jdkJpegWriter() {
    for (var writers = ImageIO.getImageWritersByFormatName("jpeg"); writers.hasNext(); ) {
      ImageWriter writer = writers.next();
      if (writer.getClass().getName().startsWith("com.sun.")) {
        return writer;
      }
    }
    throw new AssertionError("The JDK writes JPEG");
  }

  private static byte[] jpeg(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "jpeg", bytes);
    return bytes.toByteArray();
  }

  /** A JPEG file with one more segment after its start marker. */
  private static byte[] withSegment(byte[] jpeg, int marker, byte[] content) {
    return ByteBuffer.allocate(jpeg.length + 4 + content.length)
        .put(jpeg, 0, 2)
        .putShort((short) marker)
        .putShort((short) (2 + content.length))
        .put(content)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }

  private static byte[] withOrientation(byte[] jpeg, int orientation) {
    ByteBuffer exif = ByteBuffer.allocate(32);
    exif.put("Exif\0\0MM\0*".getBytes()).putInt(8).putShort((short) 1);
    exif.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation);
    exif.putShort((short) 0).putInt(0);
    return withSegment(jpeg, 0xffe1, exif.array());
  }

  private static byte[] withAdobeMarker(byte[] jpeg) {
    return withSegment(jpeg, 0xffee, "Adobe\0d\0\0\0\0\0".getBytes());
  }
}
