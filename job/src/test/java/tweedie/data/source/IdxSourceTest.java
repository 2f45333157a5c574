package tweedie.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.RealData;
import tweedie.data.SourceImage;

class IdxSourceTest {

  private static final int COUNT = 5;

  @TempDir Path dir;
  private byte[] pixels;
  private Path images;
  private Path labels;

  @BeforeEach
  void name() {
    pixels = new byte[COUNT * 6];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 37);
    }
    images = dir.resolve("train-images-idx3-ubyte");
    labels = dir.resolve("train-labels-idx1-ubyte");
  }

  @Test
  void bytesInAreBytesOut() throws IOException {
    write(images, images(0x803, COUNT, pixels));
    write(labels, labels(COUNT));
    check(Sources.read(new IdxSource(images.toString())), true);
    check(Sources.read(new IdxSource(dir.toString())), true);
  }

  @Test
  void gzipIsSeenWhateverTheName() throws IOException {
    write(dir.resolve("train-images-idx3-ubyte.gz"), gzip(images(0x803, COUNT, pixels)));
    write(labels, gzip(labels(COUNT)));
    check(Sources.read(new IdxSource(dir.toString())), true);
  }

  @Test
  void labelsAreOptional() throws IOException {
    write(images, images(0x803, COUNT, pixels));
    check(Sources.read(new IdxSource(images.toString())), false);
  }

  @Test
  void testImagesAreListedAsIgnored() throws IOException {
    write(images, images(0x803, COUNT, pixels));
    write(dir.resolve("t10k-images-idx3-ubyte"), images(0x803, COUNT, pixels));
    assertThat(new IdxSource(dir.toString()).list(Sources.CONF).ignored())
        .singleElement()
        .asString()
        .contains("t10k-images-idx3-ubyte");
  }

  @Test
  void testImagesFindTheirLabels() throws IOException {
    Path test = dir.resolve("t10k-images.idx3-ubyte");
    write(test, images(0x803, COUNT, pixels));
    write(dir.resolve("t10k-labels.idx1-ubyte.gz"), gzip(labels(COUNT)));
    check(Sources.read(new IdxSource(test.toString())), true);
  }

  @Test
  void wrongMagicNumberIsRefused() throws IOException {
    write(images, images(0x801, COUNT, pixels));
    refused("train-images-idx3-ubyte starts with 0x00000801", "0x00000803");
  }

  @Test
  void shortFileIsRefused() throws IOException {
    byte[] whole = images(0x803, COUNT, pixels);
    write(images, Arrays.copyOf(whole, whole.length - 1));
    refused("train-images-idx3-ubyte is too short: it ends in image 4 of the 5");
  }

  @Test
  void longFileIsRefused() throws IOException {
    byte[] whole = images(0x803, COUNT, pixels);
    write(images, Arrays.copyOf(whole, whole.length + 1));
    refused("train-images-idx3-ubyte goes on after the 5 images of 2x3");
  }

  @Test
  void emptyFileIsRefused() throws IOException {
    write(images, new byte[0]);
    refused("train-images-idx3-ubyte is too short: it ends in its first four bytes");
  }

  @Test
  void impossibleHeaderIsRefused() throws IOException {
    write(images, images(0x803, -1, pixels));
    refused("its header says -1 images of 2x3");
  }

  @Test
  void brokenGzipIsRefused() throws IOException {
    byte[] whole = gzip(images(0x803, COUNT, pixels));
    write(images, Arrays.copyOf(whole, whole.length - 9));
    refused("train-images-idx3-ubyte is a broken gzip file");
  }

  @Test
  void anotherNumberOfLabelsIsRefused() throws IOException {
    write(images, images(0x803, COUNT, pixels));
    write(labels, labels(COUNT + 1));
    refused("train-labels-idx1-ubyte holds 6 labels for the 5 images of");
  }

  @Test
  void missingInputIsRefused() {
    assertThatThrownBy(() -> new IdxSource(dir.resolve("no").toString()).list(Sources.CONF))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("no does not exist");
    assertThatThrownBy(() -> new IdxSource("gopher://host/x").list(Sources.CONF))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("gopher://host/x cannot be used: No FileSystem for scheme");
    assertThatThrownBy(() -> new IdxSource(dir.toString()).list(Sources.CONF))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("holds no train-images-idx3-ubyte");
  }

  @Test
  void mnistIsRead() throws IOException {
    List<SourceImage> all = Sources.read(new IdxSource(RealData.directory("mnist").toString()));
    assertThat(all).hasSize(60_000);
    assertThat(all.subList(0, 8))
        .extracting(SourceImage::label)
        .containsExactly(5, 0, 4, 1, 9, 2, 1, 3);
    double sum = 0;
    for (SourceImage image : all) {
      for (byte value : image.bytes()) {
        sum += value & 255;
      }
    }
    // the mean of MNIST's training images, as everyone normalizes with
    assertThat(sum / 255 / 784 / 60_000).isBetween(0.13065, 0.13067);
  }

  private void refused(String... parts) {
    assertThatThrownBy(() -> Sources.read(new IdxSource(images.toString())))
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll(parts);
  }

  private void check(List<SourceImage> read, boolean labeled) {
    assertThat(read).hasSize(COUNT);
    for (int i = 0; i < COUNT; i++) {
      assertThat(read.get(i).shape()).isEqualTo(new ImageShape(2, 3, 1));
      assertThat(read.get(i).label()).isEqualTo(labeled ? i : -1);
      assertThat(read.get(i).bytes()).isEqualTo(Arrays.copyOfRange(pixels, 6 * i, 6 * i + 6));
    }
  }

  private static byte[] images(int magic, int count, byte[] pixels) {
    return ByteBuffer.allocate(16 + pixels.length)
        .putInt(magic)
        .putInt(count)
        .putInt(2)
        .putInt(3)
        .put(pixels)
        .array();
  }

  private static byte[] labels(int count) {
    ByteBuffer file = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
    for (int i = 0; i < count; i++) {
      file.put((byte) i);
    }
    return file.array();
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private static void write(Path file, byte[] content) throws IOException {
    Files.write(file, content);
  }
}
