package tweedie.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.PixelRange;
import tweedie.data.RealData;
import tweedie.data.array.NpyHeader;
import tweedie.data.array.NpzWriter;
import tweedie.data.shard.ShardWriter;

class GeneratedImagesTest {

  private static final Configuration HADOOP = new Configuration();
  private static final int ALL = 1000;

  @TempDir Path directory;

  private static GeneratedImages read(Path npz) throws IOException {
    return read(npz, new ImageShape(2, 4, 1), Optional.empty());
  }

  private static GeneratedImages read(Path npz, ImageShape shape, Optional<PixelRange> scale)
      throws IOException {
    return GeneratedImages.ofNpz(npz.toString(), shape, ALL, scale, HADOOP);
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

  private Path floats(float... values) throws IOException {
    Path file = directory.resolve("floats.npz");
    try (NpzWriter npz = new NpzWriter(Files.newOutputStream(file))) {
      npz.begin("arr_0", NpyHeader.of(NpyHeader.Type.FLOAT32, 1, 1, values.length, 1));
      npz.write(values);
    }
    return file;
  }

  @Test
  void floatsOutsideOfPixelsAreRefusedUnlessItIsSaidWhatTheyMean() throws IOException {
    ImageShape shape = new ImageShape(1, 3, 1);
    assertThat(read(floats(0, 0.5f, 1), shape, Optional.empty()).pixels())
        .containsExactly(0, 0.5f, 1);
    Path bytes = floats(3, 51, 255);
    assertThatThrownBy(() -> read(bytes, shape, Optional.empty()))
        .isInstanceOf(DataException.class)
        .hasMessage(
            bytes
                + ": its samples reach from 3.0 to 255.0, and pixels are in [0, 1]; --scale"
                + " LOW:HIGH says what black and white are, such as 0:255 or -1:1, and cuts off"
                + " what is outside");
    assertThat(read(floats(0, 51, 300), shape, Optional.of(new PixelRange(0, 255))).pixels())
        .containsExactly(0, 0.2f, 1);
    assertThat(read(floats(-1.5f, 0, 1), shape, Optional.of(new PixelRange(-1, 1))).pixels())
        .containsExactly(0, 0.5f, 1);
  }

  @Test
  void anotherShapeIsRefusedBeforeAnImageIsRead() throws IOException {
    Path file = floats(0, 1);
    assertThatThrownBy(() -> read(file, new ImageShape(28, 28, 1), Optional.empty()))
        .isInstanceOf(DataException.class)
        .hasMessage(file + " holds samples of 1x2x1, the model's are of 28x28x1");
  }

  @Test
  void thoseOfDoubtfulScaleAreRefused() throws IOException {
    Path odd = RealData.directory("odd");
    ImageShape shape = new ImageShape(28, 28, 1);
    assertThatThrownBy(() -> read(odd.resolve("f32_0255_24.npz"), shape, Optional.empty()))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("f32_0255_24.npz: its samples reach from 0.0 to 255.0");
    PixelRange range = new PixelRange(0, 255);
    assertThat(read(odd.resolve("f32_0255_24.npz"), shape, Optional.of(range)).pixels())
        .isEqualTo(read(odd.resolve("nhwc_u8_24.npz"), shape, Optional.empty()).pixels());
    assertThatThrownBy(() -> read(odd.resolve("nhwc_u8_24.npz"), shape, Optional.of(range)))
        .hasMessageEndingWith("holds bytes, of which 0 is black and 255 white: leave out --scale");
  }

  private void picture(String name, int height, int width, int... colors) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < colors.length; i++) {
      image.setRGB(i % width, i / width, colors[i]);
    }
    ImageIO.write(image, "png", directory.resolve(name).toFile());
  }

  private GeneratedImages folder(ImageShape shape, int most) throws IOException {
    return GeneratedImages.ofFolder(directory.toString(), shape, most, HADOOP);
  }

  @Test
  void picturesComeInTheOrderOfTheirPathsAndNoMoreThanAskedFor() throws IOException {
    ImageShape gray = new ImageShape(1, 2, 1);
    picture("b.png", 1, 2, 0x333333, 0xffffff);
    picture("a.png", 1, 2, 0x000000, 0x666666);
    assertThat(folder(gray, ALL).pixels()).containsExactly(0, 0x66 / 255f, 0x33 / 255f, 1);
    assertThat(folder(gray, 1).pixels()).containsExactly(0, 0x66 / 255f);
    assertThat(folder(gray, 1).total()).isEqualTo(2);
    assertThat(folder(gray, 1).count()).isEqualTo(1);
  }

  @Test
  void picturesAreNeverResized() throws IOException {
    picture("a.png", 3, 2);
    assertThatThrownBy(() -> folder(new ImageShape(1, 2, 3), ALL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.png is 3x2 (height x width), but the model is for images of 1x2");
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
