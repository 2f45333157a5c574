package tweedie.driver.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.ShardWriter;
import tweedie.data.shard.ShardedData;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingProblem;
import tweedie.driver.config.SettingsLoader;

class TrainingProblemsTest {

  @TempDir private java.nio.file.Path temporary;

  private static LoadedSettings settings(String... overrides) {
    return SettingsLoader.load(Optional.empty(), List.of(overrides));
  }

  private ShardedData data(ImageShape shape, int images) throws IOException {
    List<LabeledImage> all = new ArrayList<>();
    for (int id = 0; id < images; id++) {
      all.add(new LabeledImage(id, -1, shape, new float[shape.dimension()]));
    }
    Path directory = new Path(temporary.toString());
    ShardWriter.write(new Path(directory, "part-00000.parquet"), all, new Configuration());
    return ShardedData.open(directory, new Configuration());
  }

  @Test
  void settingsThatFitHaveNoProblem() throws IOException {
    LoadedSettings fitting =
        settings(
            "tweedie.train.batch-size=8", "tweedie.train.workers=1", "tweedie.model.halvings=2");
    assertThat(TrainingProblems.of(fitting, data(new ImageShape(8, 12, 1), 8))).isEmpty();
  }

  @Test
  void allThatDoesNotFitIsListedAtOnce() throws IOException {
    LoadedSettings misfit =
        settings(
            "tweedie.train.batch-size=9",
            "tweedie.train.workers=2",
            "tweedie.model.halvings=2",
            "tweedie.data.dequantization=uniform",
            "tweedie.data.path=/data/shards");
    assertThat(TrainingProblems.of(misfit, data(new ImageShape(8, 10, 1), 8)))
        .extracting(SettingProblem::toString)
        .satisfiesExactly(
            batch -> assertThat(batch).contains("must be at most the number of images, 8"),
            workers -> assertThat(workers).contains("must be at most the number of shards, 1: "),
            floats ->
                assertThat(floats)
                    .contains("is for 8-bit images, and /data/shards holds other numbers"),
            halvings ->
                assertThat(halvings)
                    .contains(
                        "does not fit images of 8x10x1: height and width must divide by 4 (a vector"
                            + " needs model.network = mlp)"));
  }

  @Test
  void aVectorNeedsNoHalvings() {
    ImageShape vector = new ImageShape(1, 1, 3);
    assertThat(TrainingProblems.misfit(settings("tweedie.model.network=mlp"), vector)).isEmpty();
    assertThat(TrainingProblems.misfit(settings("tweedie.model.halvings=1"), vector)).isPresent();
  }

  @Test
  void aHeapThatIsTooSmallIsNamedWithWhatWouldDo() {
    long megabyte = 1 << 20;
    LoadedSettings any = settings();
    assertThat(TrainingProblems.ofHeap(any, 1_000, 100 * megabyte)).isEmpty();
    assertThat(TrainingProblems.ofHeap(any, 100_000_000, 100 * megabyte).orElseThrow().toString())
        .contains("tweedie.model.network", "has 100000000 parameters here", "which is 100 MB")
        .containsPattern("-Xmx\\d+m \\(spark-submit: --driver-memory \\d+m\\)");
  }
}
