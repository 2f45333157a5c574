package tweedie.data.array;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.Python;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.array.NpyHeader.Type;

class NpzTest {

  private static final Configuration HADOOP = new Configuration();

  @TempDir Path directory;

  @Test
  void pixelsBecomeBytesRoundedAndClipped() throws IOException {
    Path file = directory.resolve("a.npz");
    try (NpzWriter npz = new NpzWriter(Files.newOutputStream(file))) {
      npz.begin("arr_0", NpyHeader.of(Type.UINT8, 2, 1, 2, 3));
      npz.write(new float[] {0, 1, 0.5f, -0.2f, 1.7f, 0.1f});
      npz.write(new float[] {1 / 255f, 254.4f / 255, 254.6f / 255, 0.49f / 255, 0, 1});
    }

    byte[] npy = entry(file, "arr_0.npy");
    assertThat(new String(npy, 10, 63, US_ASCII))
        .isEqualTo(
            "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1, 2, 3), }".substring(0, 63));
    assertThat(npy).hasSize(128 + 12);
    assertThat(Arrays.copyOfRange(npy, 128, 140))
        .containsExactly(0, 255, 128, 0, 255, 26, 1, 254, 255, 0, 0, 255);
  }

  @Test
  void whatWasWrittenIsRead() throws IOException {
    Path file = directory.resolve("a.npz");
    float[][] images = {{0.25f, -3, 1e30f, 7}, {1, 2, 3, 4}};
    try (NpzWriter npz = new NpzWriter(Files.newOutputStream(file))) {
      npz.begin("other", NpyHeader.of(Type.FLOAT32, 0));
      npz.begin("arr_0", NpyHeader.of(Type.FLOAT32, 2, 2, 1, 2));
      npz.write(images[0]);
      npz.write(images[1]);
    }

    try (NpzReader read = NpzReader.open(file.toString(), HADOOP)) {
      assertThat(read.count()).isEqualTo(2);
      assertThat(read.shape()).isEqualTo(new ImageShape(2, 1, 2));
      assertThat(read.next()).isEqualTo(images[0]);
      assertThat(read.next()).isEqualTo(images[1]);
      assertThat(read.hasNext()).isFalse();
    }
  }

  @Test
  void arraysAreReadByTheirNames() throws IOException {
    Path file = directory.resolve("a.npz");
    try (NpzWriter npz = new NpzWriter(Files.newOutputStream(file))) {
      npz.begin("codes", NpyHeader.of(Type.FLOAT32, 2, 1));
      npz.write(new float[] {-0.5f, 3});
      npz.begin("ids", NpyHeader.of(Type.INT64, 2));
      npz.write(new long[] {-1, 1L << 40});
    }

    try (NpzReader read = NpzReader.open(file.toString(), "codes", HADOOP)) {
      assertThat(read.next()).containsExactly(-0.5f);
      assertThat(read.next()).containsExactly(3);
    }
    assertThat(NpzNumbers.read(file.toString(), "ids", HADOOP).values())
        .containsExactly(-1, 1L << 40);
    assertThatThrownBy(() -> NpzReader.open(file.toString(), "ids", HADOOP))
        .isInstanceOf(DataException.class)
        .hasMessage(
            file
                + ", array ids: its numbers are of type int64; images are of uint8, float32 or float64");
  }

  @Test
  void theSameArraysGiveTheSameBytes() throws IOException {
    Path a = written("a.npz");
    Path b = written("b.npz");

    assertThat(a).hasSameBinaryContentAs(b);
  }

  @Test
  void anArrayIsAsLongAsAnnounced() throws IOException {
    assertThatThrownBy(
            () -> {
              try (NpzWriter npz = new NpzWriter(OutputStream.nullOutputStream())) {
                npz.begin("a", NpyHeader.of(Type.FLOAT32, 3));
                npz.write(new float[2]);
              }
            })
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The array a was announced with shape [3], and 4 bytes of it are missing");
    assertThatThrownBy(
            () -> {
              try (NpzWriter npz = new NpzWriter(OutputStream.nullOutputStream())) {
                npz.begin("a", NpyHeader.of(Type.UINT8, 3));
                npz.write(new float[4]);
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The array a was announced with shape [3], and more follows");
    assertThatThrownBy(
            () -> {
              try (NpzWriter npz = new NpzWriter(OutputStream.nullOutputStream())) {
                npz.begin("a", NpyHeader.of(Type.UINT8, 2));
                npz.write(new float[] {0, Float.NaN});
              }
            })
        .hasMessage("Pixel 1 is NaN, which is no brightness");
  }

  @Test
  void numpyReadsWhatIsWritten() throws IOException {
    Path file = directory.resolve("a.npz");
    try (NpzWriter npz = new NpzWriter(Files.newOutputStream(file))) {
      npz.begin("arr_0", NpyHeader.of(Type.UINT8, 300, 2, 1, 3));
      for (int i = 0; i < 300; i++) {
        npz.write(new float[] {i % 256 / 255f, 0, 0, 0, 0, 1});
      }
      npz.begin("down0.block0.first", NpyHeader.of(Type.FLOAT32, 1, 2));
      npz.write(new float[] {1.5f, -2});
      npz.begin("gain", NpyHeader.of(Type.FLOAT32, 1));
      npz.write(new float[] {0.125f});
      npz.begin("ids", NpyHeader.of(Type.INT64, 2));
      npz.write(new long[] {-1, 1L << 40});
    }

    assertThat(
            python(
                """
                a = numpy.load('%s')
                print(a.files, a['arr_0'].dtype, a['arr_0'].shape, a['arr_0'].flags.c_contiguous)
                print(a['arr_0'][257].ravel().tolist(), int(a['arr_0'].sum()))
                print(a['down0.block0.first'].tolist(), a['gain'].dtype, a['gain'].tolist())
                print(a['ids'].dtype, a['ids'].tolist())
                """
                    .formatted(file)))
        .containsExactly(
            "['arr_0', 'down0.block0.first', 'gain', 'ids'] uint8 (300, 2, 1, 3) True",
            "[1, 0, 0, 0, 0, 255] " + (255 * 256 / 2 + 43 * 44 / 2 + 300 * 255),
            "[[1.5, -2.0]] float32 [0.125]",
            "int64 [-1, 1099511627776]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"savez", "savez_compressed"})
  void whatNumpyWritesIsRead(String save) throws IOException {
    Path bytes = directory.resolve("bytes.npz");
    Path floats = directory.resolve("floats.npz");
    Path doubles = directory.resolve("doubles.npz");
    python(
        """
        a = (numpy.arange(3 * 4 * 5 * 3) * 7 %% 256).astype('uint8').reshape(3, 4, 5, 3)
        numpy.%1$s('%2$s', a)
        numpy.%1$s('%3$s', arr_0=a.astype('float32') - 0.5, labels=numpy.arange(3))
        numpy.%1$s('%4$s', arr_0=a - 0.5, mu=numpy.float32([1, 0.25]))
        """
            .formatted(save, bytes, floats, doubles));

    assertThat(images(bytes))
        .hasSize(3)
        .element(1)
        .satisfies(image -> assertThat(image[1]).isEqualTo(61 * 7 % 256 / 255f));
    assertThat(images(floats))
        .element(2)
        .satisfies(image -> assertThat(image[59]).isEqualTo(179 * 7 % 256 - 0.5f));
    assertThat(images(doubles).get(1)).containsExactly(images(floats).get(1));
    NpzNumbers all = NpzNumbers.read(doubles.toString(), "arr_0", new Configuration());
    assertThat(all.shape()).containsExactly(3L, 4L, 5L, 3L);
    assertThat(all.values()).hasSize(180).endsWith(179 * 7 % 256 - 0.5);
    assertThat(NpzNumbers.read(doubles.toString(), "mu", new Configuration()).values())
        .containsExactly(1, 0.25);
  }

  @Test
  void whatNumpyWritesOfAnotherKindIsRefused() throws IOException {
    python(
        """
        import os
        os.chdir('%s')
        a = numpy.zeros((2, 3, 4, 1), 'uint8')
        numpy.savez('half', a.astype('float16'))
        numpy.savez('big', a.astype('>f4'))
        numpy.savez('fortran', numpy.asfortranarray(a))
        numpy.savez('flat', a.reshape(24))
        numpy.savez('named', images=a)
        """
            .formatted(directory));

    String readable =
        "; uint8 ('|u1'), little-endian int64 ('<i8'), float32 ('<f4') and float64 ('<f8') can be read";
    assertRefused("half.npz", ", array arr_0: its numbers are of type '<f2'" + readable);
    assertRefused("big.npz", ", array arr_0: its numbers are of type '>f4'" + readable);
    assertRefused(
        "fortran.npz",
        ", array arr_0: stored in Fortran order; save numpy.ascontiguousarray of it");
    assertRefused(
        "flat.npz",
        ", array arr_0 has shape [24]; images are [n, height, width, channel], gray ones also [n,"
            + " height, width], and points [n, d]");
    assertRefused(
        "named.npz", " has no array arr_0, only [images.npy]; numpy.savez(FILE, images) writes it");
  }

  @Test
  void filesThatAreNoneOrCutOffAreRefused() throws IOException {
    Files.writeString(directory.resolve("text.npz"), "this is text");
    assertRefused("text.npz", " is not a .npz file: no zip entry is in it");
    assertRefused("none.npz", " does not exist");

    byte[] header = NpyHeader.of(Type.UINT8, 2, 1, 1, 4).encode();
    stored("short.npz", header, new byte[7]);
    assertRefused(
        "short.npz",
        ", array arr_0: its shape [2, 1, 1, 4] needs 8 bytes of numbers, and there are 7");
    stored("long.npz", header, new byte[9]);
    assertRefused(
        "long.npz",
        ", array arr_0: its shape [2, 1, 1, 4] needs 8 bytes of numbers, and there are 9");
  }

  @Test
  void everyCutAndEveryFlippedBitThatMattersIsSeenBeforeTheFirstNumber() throws IOException {
    Path file = written("a.npz");
    byte[] whole = Files.readAllBytes(file);
    float[] image = images(file).get(0);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> NpzReader.open(file.toString(), HADOOP))
          .as("%d bytes", length)
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(file.toString());
    }
    for (int at = 0; at < whole.length; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 0x11;
      Files.write(file, flipped);
      try {
        assertThat(images(file)).as("byte %d", at).singleElement().isEqualTo(image);
      } catch (DataException e) {
        assertThat(e).hasMessageStartingWith(file.toString());
      }
    }
  }

  @Test
  void otherArraysAreCheckedToo() throws IOException {
    Path file = directory.resolve("two.npz");
    try (NpzWriter npz = new NpzWriter(Files.newOutputStream(file))) {
      npz.begin("arr_0", NpyHeader.of(Type.UINT8, 1, 1, 2, 1));
      npz.write(new float[] {0, 1});
      npz.begin("labels", NpyHeader.of(Type.FLOAT32, 100));
      npz.write(new float[100]);
    }
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    int crc = text.lastIndexOf("PK\1\2") + 16;
    bytes[crc] ^= 1;
    Files.write(file, bytes);
    assertRefused(
        "two.npz",
        ", array labels is damaged: its checksum (CRC) is not that of the file's directory");
  }

  @Test
  void bombsAndLongHeadersTakeNoMemory() throws IOException {
    byte[] zeros = new byte[1 << 20];
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(directory.resolve("bomb.npz")))) {
      zip.putNextEntry(new ZipEntry("arr_0.npy"));
      zip.write(NpyHeader.of(Type.UINT8, 1, 20_000, 25_000, 1).encode());
      for (int i = 0; i < 64; i++) {
        zip.write(zeros);
      }
    }
    assertThatThrownBy(() -> NpzReader.open(directory.resolve("bomb.npz").toString(), HADOOP))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("bomb.npz, array arr_0 has shape [1, 20000, 25000, 1]; images are")
        .hasMessageEndingWith(", each of at most 16777216 numbers");
    for (String shape :
        List.of("1, ".repeat(15_000), "9".repeat(9_000), "1 ".repeat(4_000), "1, ".repeat(100))) {
      String text = "{'descr': '|u1', 'fortran_order': False, 'shape': (" + shape + "), }";
      byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 0, 0};
      start[8] = (byte) text.length();
      start[9] = (byte) (text.length() >> 8);
      stored("header.npz", start, text.getBytes(US_ASCII));
      assertThatThrownBy(() -> NpzReader.open(directory.resolve("header.npz").toString(), HADOOP))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("header.npz, array arr_0: ")
          .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(500));
    }
    stored(
        "many.npz",
        NpyHeader.of(Type.UINT8, 999_999_999_999_999_999L, 1, 1, 1).encode(),
        new byte[9]);
    assertRefused(
        "many.npz",
        ", array arr_0: its shape [999999999999999999, 1, 1, 1] needs 999999999999999999 bytes of"
            + " numbers, and there are 9");
  }

  private Path written(String name) throws IOException {
    Path file = directory.resolve(name);
    try (NpzWriter npz = new NpzWriter(Files.newOutputStream(file))) {
      npz.begin("arr_0", NpyHeader.of(Type.UINT8, 1, 16, 16, 1));
      float[] image = new float[256];
      for (int i = 0; i < image.length; i++) {
        image[i] = i * 97 % 256 / 255f;
      }
      npz.write(image);
    }
    return file;
  }

  private void stored(String name, byte[] header, byte[] content) throws IOException {
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(directory.resolve(name)))) {
      zip.putNextEntry(new ZipEntry("arr_0.npy"));
      zip.write(header);
      zip.write(content);
    }
  }

  private static List<float[]> images(Path file) throws IOException {
    List<float[]> images = new ArrayList<>();
    try (NpzReader read = NpzReader.open(file.toString(), HADOOP)) {
      read.forEachRemaining(images::add);
    }
    return images;
  }

  private void assertRefused(String name, String sentence) {
    Path file = directory.resolve(name);
    assertThatThrownBy(() -> NpzReader.open(file.toString(), HADOOP))
        .isInstanceOf(DataException.class)
        .hasMessage(file + sentence);
  }

  private static byte[] entry(Path file, String name) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      return zip.getInputStream(zip.getEntry(name)).readAllBytes();
    }
  }

  /** What a program prints; the test is skipped where there is no Python with NumPy. */
  private List<String> python(String program) throws IOException {
    Python python = new Python(directory, directory);
    python.require("nothing to compare with");
    Python.Ran ran = python.run(program);
    assertThat(ran.status()).as(ran.output()).isZero();
    return ran.output().lines().toList();
  }
}
