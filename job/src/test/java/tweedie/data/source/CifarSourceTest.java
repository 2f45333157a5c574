package tweedie.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.RealData;
import tweedie.data.SourceImage;

class CifarSourceTest {

  @TempDir Path dir;

  @Test
  void planesBecomeChannels() throws IOException {
    byte[] file = records(2);
    Files.write(dir.resolve("data_batch_1.bin"), file);
    List<SourceImage> read = Sources.read(new CifarSource(dir.toString()));
    assertThat(read).extracting(SourceImage::label).containsExactly(0, 1);
    SourceImage second = read.get(1);
    assertThat(second.shape()).isEqualTo(new ImageShape(32, 32, 3));
    for (int i = 0; i < 1024; i++) {
      for (int c = 0; c < 3; c++) {
        assertThat(second.bytes()[3 * i + c]).isEqualTo(file[3073 + 1 + 1024 * c + i]);
      }
    }
  }

  @Test
  void testImagesAreLeftOutBesideTrainingImages() throws IOException {
    Files.write(dir.resolve("data_batch_1.bin"), records(3));
    Files.write(dir.resolve("data_batch_2.bin"), records(1));
    Files.write(dir.resolve("test_batch.bin"), records(2));
    Files.writeString(dir.resolve("readme.html"), "text");
    CifarSource source = new CifarSource(dir.toString());
    assertThat(Sources.read(source)).hasSize(4);
    assertThat(source.list(Sources.CONF).ignored())
        .hasSize(2)
        .anyMatch(line -> line.endsWith("test_batch.bin: test images"))
        .anyMatch(line -> line.endsWith("readme.html: not named *.bin"));
    assertThat(Sources.read(new CifarSource(dir.resolve("test_batch.bin").toString()))).hasSize(2);
  }

  @Test
  void classesHaveTheNamesBesideTheImagesOrCifars() throws IOException {
    Path file = Files.write(dir.resolve("data_batch_1.bin"), records(1));
    for (Path input : List.of(dir, file)) {
      assertThat(new CifarSource(input.toString()).list(Sources.CONF).classes())
          .hasSize(10)
          .startsWith("airplane", "automobile", "bird")
          .endsWith("truck");
    }
    Path names = dir.resolve("batches.meta.txt");
    Files.writeString(names, "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n");
    for (Path input : List.of(dir, file)) {
      ImageSource.Listing listing = new CifarSource(input.toString()).list(Sources.CONF);
      assertThat(listing.classes()).hasSize(10).startsWith("a", "b").endsWith("j");
      assertThat(listing.ignored()).isEmpty();
    }
    Files.writeString(names, "a\nb\nb\n");
    refused(file, "batches.meta.txt has 2 names of classes in place of 10, one a line");
  }

  @Test
  void damagedFilesAreRefused() throws IOException {
    Path file = dir.resolve("data_batch_1.bin");
    Files.write(file, new byte[0]);
    refused(file, "data_batch_1.bin is empty");
    Files.write(file, Arrays.copyOf(records(2), 6000));
    refused(file, "data_batch_1.bin is 6000 bytes long, which is no multiple of the 3073");
    byte[] wrong = records(2);
    wrong[3073] = 17;
    Files.write(file, wrong);
    refused(file, "record 1 has the label 17");
  }

  @Test
  void cifarIsRead() throws IOException {
    Path cifar = RealData.directory("cifar10");
    List<SourceImage> read = Sources.read(new CifarSource(cifar.toString()));
    assertThat(read).hasSize(3000);
    assertThat(read.subList(0, 5)).extracting(SourceImage::label).containsExactly(6, 9, 9, 4, 1);
  }

  private static void refused(Path file, String message) {
    assertThatThrownBy(() -> Sources.read(new CifarSource(file.toString())))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(message);
  }

  private static byte[] records(int count) {
    byte[] file = new byte[3073 * count];
    for (int i = 0; i < file.length; i++) {
      file[i] = (byte) (i % 3073 == 0 ? i / 3073 : i * 31);
    }
    return file;
  }
}
