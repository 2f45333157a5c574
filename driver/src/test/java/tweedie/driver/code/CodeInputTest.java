package tweedie.driver.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.ShardWriter;
import tweedie.data.shard.ShardedData;

class CodeInputTest {

  private static final ImageShape SHAPE = new ImageShape(1, 1, 1);
  private static final Configuration HADOOP = new Configuration();

  @TempDir Path directory;

  /** Shards of 5, 3 and 4 images. */
  private ShardedData data() throws IOException {
    int first = 0;
    for (int count : new int[] {5, 3, 4}) {
      org.apache.hadoop.fs.Path file =
          new org.apache.hadoop.fs.Path(
              directory.toUri().getPath(), "part-%d.parquet".formatted(first));
      ShardWriter.write(file, images(first, count), HADOOP);
      first += count;
    }
    return ShardedData.open(new org.apache.hadoop.fs.Path(directory.toUri()), HADOOP);
  }

  private static List<LabeledImage> images(int first, int count) {
    List<LabeledImage> images = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      images.add(new LabeledImage(10 + i, i % 3, SHAPE, new float[] {i}));
    }
    return images;
  }

  @ParameterizedTest
  @CsvSource({"2, 99, 7", "32, 99, 3", "2, 5, 3", "2, 6, 4", "3, 1, 1", "4, 12, 4"})
  void everyImageIsInOneBatch(int largest, int limit, int batches) throws IOException {
    assertBatches(CodeInput.of("here", data(), limit), largest, Math.min(12, limit), batches);
  }

  @ParameterizedTest
  @CsvSource({"2, 4", "32, 1", "7, 1", "6, 2"})
  void everyImageThatWasReadIsInOneBatch(int largest, int batches) throws IOException {
    assertBatches(CodeInput.of("here", images(0, 7)), largest, 7, batches);
  }

  private static void assertBatches(CodeInput input, int largest, int count, int batches)
      throws IOException {
    assertThat(input.count()).isEqualTo(count);
    List<CodeBatch> all = input.batches(largest);
    assertThat(all).hasSize(batches);
    int at = 0;
    for (CodeBatch batch : all) {
      assertThat(batch.first()).isEqualTo(at);
      List<LabeledImage> read = batch.read(HADOOP);
      assertThat(read).hasSize(batch.count()).hasSizeLessThanOrEqualTo(largest);
      for (LabeledImage image : read) {
        assertThat(image.id()).isEqualTo(10 + at);
        assertThat(image.label()).isEqualTo(at % 3);
        assertThat(image.pixels()).containsExactly(at);
        at++;
      }
    }
    assertThat(at).isEqualTo(count);
  }

  @Test
  void whatIsSaidOfCodesLiesInThemOrBesideThem() {
    assertThat(CodesFile.of(new org.apache.hadoop.fs.Path("/a/b.npz"))).hasToString("/a/b.json");
    assertThat(CodesFile.of(new org.apache.hadoop.fs.Path("/a/b"))).hasToString("/a/b/codes.json");
  }
}
