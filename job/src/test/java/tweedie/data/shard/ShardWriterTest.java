package tweedie.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.CrashingFileSystem;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;

class ShardWriterTest {

  private static final ImageShape SHAPE = new ImageShape(2, 2, 1);
  private static final LabeledImage EXTREME =
      new LabeledImage(
          Long.MAX_VALUE,
          -1,
          SHAPE,
          new float[] {Float.MIN_VALUE, -0f, Float.MAX_VALUE, Math.nextUp(0.1f)});
  private static final LabeledImage NOT_FINITE =
      new LabeledImage(
          3,
          9,
          SHAPE,
          new float[] {Float.NaN, Float.NEGATIVE_INFINITY, 0, Float.POSITIVE_INFINITY});

  @TempDir java.nio.file.Path directory;

  @AfterEach
  void repair() {
    CrashingFileSystem.repair();
  }

  @Test
  void imagesComeBackBitByBitInTheirOrder() throws IOException {
    Path file = new Path(directory.resolve("part-00000.parquet").toUri());
    ShardWriter.write(file, List.of(EXTREME, NOT_FINITE), new Configuration());
    List<LabeledImage> read = read(file);
    assertThat(read).extracting(LabeledImage::id).containsExactly(Long.MAX_VALUE, 3L);
    assertThat(read).extracting(LabeledImage::label).containsExactly(-1, 9);
    assertThat(read).extracting(LabeledImage::shape).containsOnly(SHAPE);
    assertThat(bits(read.get(0))).isEqualTo(bits(EXTREME));
    assertThat(bits(read.get(1))).isEqualTo(bits(NOT_FINITE));
  }

  @Test
  void someImagesOfAShardAreChosenByTheirPositions() throws IOException {
    Path file = new Path(directory.resolve("part-00000.parquet").toUri());
    ShardWriter.write(file, List.of(EXTREME, NOT_FINITE, EXTREME, NOT_FINITE), new Configuration());
    Shard shard = new Shard(file.toString(), 4);

    assertThat(ShardReader.chosen(shard, new int[] {1, 2}, new Configuration()))
        .extracting(LabeledImage::id)
        .containsExactly(3L, Long.MAX_VALUE);
    assertThat(ShardReader.chosen(shard, new int[0], new Configuration())).isEmpty();
  }

  @Test
  void aShardIsReplacedAsAWhole() throws IOException {
    Path file = new Path(directory.resolve("part-00000.parquet").toUri());
    ShardWriter.write(file, List.of(EXTREME, NOT_FINITE), new Configuration());
    ShardWriter.write(file, List.of(NOT_FINITE), new Configuration());
    assertThat(read(file)).extracting(LabeledImage::id).containsExactly(3L);
  }

  @Test
  void aShardThatCannotBeWrittenLeavesTheOldOneAndNoTemporaryFile() throws IOException {
    Path file = CrashingFileSystem.path(directory.resolve("part-00000.parquet"));
    Configuration conf = CrashingFileSystem.configuration();
    ShardWriter.write(file, List.of(EXTREME), conf);
    for (int changes = 0; changes < 3; changes++) {
      CrashingFileSystem.failOnceAfter(changes);
      assertThatThrownBy(() -> ShardWriter.write(file, List.of(NOT_FINITE), conf))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the disk is gone");
      try (var list = Files.list(directory)) {
        assertThat(list.map(path -> path.getFileName().toString()))
            .containsExactly("part-00000.parquet");
      }
      assertThat(read(new Path(directory.resolve("part-00000.parquet").toUri())))
          .extracting(LabeledImage::id)
          .containsExactly(Long.MAX_VALUE);
    }
  }

  private static List<LabeledImage> read(Path file) throws IOException {
    List<LabeledImage> images = new ArrayList<>();
    try (ShardReader reader =
        ShardReader.open(new Shard(file.toString(), 0), new Configuration())) {
      reader.forEachRemaining(images::add);
    }
    return images;
  }

  private static int[] bits(LabeledImage image) {
    int[] bits = new int[image.pixels().length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(image.pixels()[i]);
    }
    return bits;
  }
}
