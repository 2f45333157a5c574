package tweedie.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.SourceImage;
import tweedie.data.array.NpyHeader;
import tweedie.data.array.NpyHeader.Type;
import tweedie.data.array.NpzWriter;

class NumpySourceTest {

  private static final Configuration HADOOP = new Configuration();

  @TempDir Path temporary;

  private Path npz(Type type, float[] values, long... labels) throws IOException {
    Path path = temporary.resolve(type + ".npz");
    try (OutputStream out = Files.newOutputStream(path);
        NpzWriter npz = new NpzWriter(out)) {
      npz.begin("x", NpyHeader.of(type, 2, 2, 1));
      npz.write(values);
      npz.begin("labels", NpyHeader.of(Type.INT64, labels.length));
      npz.write(labels);
    }
    return path;
  }

  private static NumpySource of(Path file, String array) throws IOException {
    return NumpySource.of(file.toString(), Optional.ofNullable(array), Optional.empty(), HADOOP);
  }

  private static List<SourceImage> read(ImageSource source) throws IOException {
    List<SourceImage> images = new ArrayList<>();
    try (ImageSource.Images reader = source.list(HADOOP).parts().get(0).open(HADOOP)) {
      for (SourceImage image = reader.next(); image != null; image = reader.next()) {
        images.add(image);
      }
    }
    return images;
  }

  @Test
  void bytesStayBytesAndClassesComeFromTheirArray() throws IOException {
    NumpySource source = of(npz(Type.UINT8, new float[] {0, 1, 7 / 255f, 0.2f}, 4, 6), "x");
    assertThat(source.eightBit()).isTrue();
    List<SourceImage> images = read(source);
    assertThat(images).extracting(SourceImage::label).containsExactly(4, 6);
    assertThat(images.get(0).shape()).isEqualTo(new ImageShape(2, 1, 1));
    assertThat(images.get(0).bytes()).containsExactly(0, -1);
    assertThat(images.get(1).bytes()).containsExactly(7, 51);
  }

  @Test
  void floatsOfPicturesGoFromZeroToOne() throws IOException {
    NumpySource source = of(npz(Type.FLOAT32, new float[] {0, 1, 0.25f, 0.5f}, 0, 0), "x");
    assertThat(source.eightBit()).isFalse();
    assertThat(read(source).get(1).floats()).containsExactly(0.25f, 0.5f);
    NumpySource wide = of(npz(Type.FLOAT32, new float[] {0, 1, 0.25f, 255}, 0, 0), "x");
    assertThatThrownBy(() -> read(wide))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith(
            "array x: image 1 has the value 255.0; pixels of floats go from 0 to 1");
  }

  @Test
  void aFileMayBeOneArray() throws IOException {
    Path npz = npz(Type.UINT8, new float[] {0, 1, 7 / 255f, 0.2f}, 4, 6);
    Path npy = temporary.resolve("x.npy");
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(npz))) {
      ZipEntry entry = zip.getNextEntry();
      assertThat(entry.getName()).isEqualTo("x.npy");
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      zip.transferTo(content);
      Files.write(npy, content.toByteArray());
    }
    List<SourceImage> images = read(of(npy, null));
    assertThat(images.get(1).bytes()).containsExactly(7, 51);
    assertThat(images.get(1).label()).isEqualTo(-1);
    assertThatThrownBy(() -> of(npy, "x")).hasMessageContaining("is one array");
    byte[] whole = Files.readAllBytes(npy);
    for (int length : new int[] {0, 5, 20, whole.length - 1}) {
      Files.write(npy, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> of(npy, null)).isInstanceOf(DataException.class);
    }
  }

  @Test
  void whatIsNotThereIsSaid() throws IOException {
    Path npz = npz(Type.UINT8, new float[] {0, 1, 0, 0.2f}, 4, 6, 8);
    assertThatThrownBy(() -> of(npz, null))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has no array arr_0 for the images: name one of x, labels");
    NumpySource source = of(npz, "x");
    assertThatThrownBy(() -> read(source))
        .hasMessageContaining("array labels holds 3 labels for 2 images");
  }
}
