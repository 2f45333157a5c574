package tweedie.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratedImagesTest {

  private static final Configuration HADOOP = new Configuration();
  private static final int ALL = 1000;

  @TempDir Path directory;

  private static String npy(String header, int bytes) {
    String padded = header + " ".repeat(100) + "\n";
    return "\u0093NUMPY\u0001\u0000"
        + (char) (padded.length() & 255)
        + (char) (padded.length() >> 8)
        + padded
        + "\u0007".repeat(bytes);
  }

  private Path npz(String entry, String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(entry));
      zip.write(content.getBytes(StandardCharsets.ISO_8859_1));
    }
    return Files.write(directory.resolve("a.npz"), bytes.toByteArray());
  }

  private static GeneratedImages read(Path npz) throws IOException {
    return GeneratedImages.ofNpz(npz.toString(), ALL, HADOOP);
  }

  /** What numpy.savez and numpy.savez_compressed 2.4.6 wrote of 3 images of 2x4x1, 0, 10, 20, .. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "UEsDBC0AAAAAAAAAIQCer6En//////////8JABQAYXJyXzAubnB5AQAQAJgAAAAAAAAAmAAAAAAAAACTTlVNUFkBAHYAeydkZXNjcic6ICd8dTEnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMywgMiwgNCwgMSksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgCgAKFB4oMjxGUFpkbniCjJagqrS+yNLc5lBLAQItAy0AAAAAAAAAIQCer6EnmAAAAJgAAAAJAAAAAAAAAAAAAACAAQAAAABhcnJfMC5ucHlQSwUGAAAAAAEAAQA3AAAA0wAAAAAA",
        "UEsDBC0AAAAIAAAAIQCer6En//////////8JABQAYXJyXzAubnB5AQAQAJgAAAAAAAAAZQAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBeU2qorqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RrGOgpGOgomOgqGmjoKtQpkAC4GLhE5DSMbt4ColLyKpp5pC1Zt2Xfi0p1nAFBLAQItAy0AAAAIAAAAIQCer6EnZQAAAJgAAAAJAAAAAAAAAAAAAACAAQAAAABhcnJfMC5ucHlQSwUGAAAAAAEAAQA3AAAAoAAAAAAA"
      })
  void readsWhatNumPyWrites(String file) throws IOException {
    Path npz = directory.resolve("numpy.npz");
    Files.write(npz, Base64.getDecoder().decode(file));
    GeneratedImages images = read(npz);
    assertThat(images.total()).isEqualTo(3);
    assertThat(images.count()).isEqualTo(3);
    assertThat(images.shape()).isEqualTo(new ImageShape(2, 4, 1));
    for (int j = 0; j < 24; j++) {
      assertThat(images.pixels()[j]).isEqualTo(10 * j / 255f);
    }
  }

  @Test
  void threeSizesAreGrayImages() throws IOException {
    Path npz =
        npz("arr_0.npy", npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3, 5), }", 30));
    assertThat(read(npz).shape()).isEqualTo(new ImageShape(3, 5, 1));
  }

  @Test
  void noMoreThanAskedForAreKept() throws IOException {
    Path npz =
        npz(
            "arr_0.npy",
            npy("{'descr': '|u1', 'fortran_order': False, 'shape': (5, 1, 2, 3), }", 30));
    GeneratedImages images = GeneratedImages.ofNpz(npz.toString(), 2, HADOOP);
    assertThat(images.count()).isEqualTo(2);
    assertThat(images.total()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          '|u1' ; False ; (5, 3)       ; arr_0 must be uint8 of the shape [n, height, width, channels], not [5, 3]
          '<f4' ; False ; (1, 1, 1, 1) ; arr_0 must be uint8 of the shape [n, height, width, channels], not {'descr'
          '|u1' ; True  ; (1, 1, 1, 1) ; arr_0 must be uint8 of the shape [n, height, width, channels], not {'descr'
          '|u1' ; False ; (9, 1, 1, 1) ; ends in image 4 of the 9 that it announces
          """,
      quoteCharacter = '"')
  void otherArraysAreRefused(String type, String fortran, String shape, String sentence)
      throws IOException {
    String header =
        "{'descr': %s, 'fortran_order': %s, 'shape': %s, }".formatted(type, fortran, shape);
    Path npz = npz("arr_0.npy", npy(header, 4));
    assertThatThrownBy(() -> read(npz))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(npz.toString())
        .hasMessageContaining(sentence);
  }

  @Test
  void aFileWithoutTheArrayIsRefused() throws IOException {
    Path npz = npz("images.npy", "");
    assertThatThrownBy(() -> read(npz))
        .isInstanceOf(DataException.class)
        .hasMessage(npz + " holds no array arr_0, or is no .npz file");
    Path text = Files.writeString(directory.resolve("b.npz"), "not a zip file");
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(DataException.class)
        .hasMessage(text + " holds no array arr_0, or is no .npz file");
  }

  private void picture(String name, int height, int width, int... colors) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < colors.length; i++) {
      image.setRGB(i % width, i / width, colors[i]);
    }
    ImageIO.write(image, "png", directory.resolve(name).toFile());
  }

  private GeneratedImages folder(int channels) throws IOException {
    return GeneratedImages.ofFolder(directory.toString(), channels, ALL, HADOOP);
  }

  @Test
  void grayPicturesAreGrayOnlyForAGrayModel() throws IOException {
    picture("b.png", 1, 2, 0x333333, 0xffffff);
    picture("a.png", 1, 2, 0x000000, 0x666666);
    assertThat(folder(1).shape()).isEqualTo(new ImageShape(1, 2, 1));
    assertThat(folder(1).pixels()).containsExactly(0, 0x66 / 255f, 0x33 / 255f, 1);
    assertThat(folder(3).shape()).isEqualTo(new ImageShape(1, 2, 3));
    picture("a.png", 1, 2, 0xff0000, 0x00ff00);
    picture("b.png", 1, 2, 0xff0000, 0x00ff00);
    assertThat(folder(1).shape()).isEqualTo(new ImageShape(1, 2, 3));
  }

  @Test
  void picturesAreNeverResized() throws IOException {
    picture("a.png", 1, 2);
    picture("b.png", 3, 2);
    assertThatThrownBy(() -> folder(3))
        .isInstanceOf(DataException.class)
        .hasMessageMatching("Pictures differ: .*a.png is 1x2x3, .*b.png is 3x2x3");
  }

  @Test
  void samplesWithTheLowestNumbersComeFirst() throws IOException {
    ImageShape vector = new ImageShape(1, 1, 2);
    for (int part = 1; part >= 0; part--) {
      ShardWriter.write(
          new org.apache.hadoop.fs.Path(
              directory
                  .resolve("part-%09d-%09d.parquet".formatted(2 * part, 2 * part + 1))
                  .toUri()),
          List.of(
              new LabeledImage(2L * part, -1, vector, new float[] {part, 0}),
              new LabeledImage(2L * part + 1, -1, vector, new float[] {part, 1})),
          HADOOP);
    }
    var path = new org.apache.hadoop.fs.Path(directory.toUri());
    GeneratedImages images = GeneratedImages.ofShards(path, 3, HADOOP);
    assertThat(images.total()).isEqualTo(4);
    assertThat(images.pixels()).containsExactly(0, 0, 0, 1, 1, 0);
    assertThat(images.shape()).isEqualTo(vector);
  }
}
