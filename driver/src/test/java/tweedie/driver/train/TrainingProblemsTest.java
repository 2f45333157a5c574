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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.DataStatistics;
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
            "tweedie.data.dequantization=uniform");
    assertThat(TrainingProblems.of(misfit, data(new ImageShape(8, 10, 1), 8)))
        .extracting(SettingProblem::toString)
        .satisfiesExactly(
            batch -> assertThat(batch).contains("must be at most the number of images, 8"),
            workers -> assertThat(workers).contains("must be at most the number of shards, 1: "),
            floats ->
                assertThat(floats)
                    .contains("is for 8-bit images, and " + temporary + " holds other numbers"),
            halvings ->
                assertThat(halvings)
                    .contains(
                        "does not fit images of 8x10x1: height and width must divide by 4 (a vector"
                            + " needs model.network = mlp)"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [7]      | names a resolution that the network does not have: the heights of its images are [128, 64, 32]
          [32,128] | lets each of 16384 pixels look at as many; at most 4096 do
          [32, 64] |
          """)
  void attentionNeedsAPlaceAndNotTooManyPixels(String heights, String message) throws IOException {
    LoadedSettings settings =
        settings(
            "tweedie.train.batch-size=1",
            "tweedie.model.halvings=2",
            "tweedie.model.attention=" + heights);
    List<SettingProblem> problems =
        TrainingProblems.of(settings, data(new ImageShape(128, 128, 1), 1));

    if (message == null) {
      assertThat(problems).isEmpty();
    } else {
      assertThat(problems).singleElement().asString().contains(message);
    }
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

  private static List<String> sizes(ImageShape shape, long heap, String... overrides) {
    return TrainingProblems.ofSize(settings(overrides), shape, new TrainingCheck.Machine(heap, 2))
        .stream()
        .map(SettingProblem::toString)
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          train.batch-size=1000000   | train.batch-size = 1000000 makes minibatches, with tweedie.noise.draws = 1, of 2995 MB
          train.batch-size=60000     | train.batch-size = 60000 makes minibatches, with tweedie.noise.draws = 1, of 180 MB, and Java's heap is 100 MB
          noise.draws=1000           | train.batch-size = 64 makes minibatches, with tweedie.noise.draws = 1000, of 192 MB
          noise.draws=10000          | of 1917 MB
          train.stable-targets.reference=1000000 | reference = 1000000 makes references of 2991 MB
          train.threads-per-worker=65 | threads-per-worker = 65 must be at most 64: this machine has 2 cores
          model.depth=10000          | has 409814929 parameters here, and in local mode
          model.hidden=1000000       | parameters here, and at most 1073741819 are possible: lower tweedie.model.hidden or .depth
          model.embedding=1000000    | has 1000384299140 parameters here, and at most
          """)
  void whatArraysHeapOrCoresDoNotHoldIsRefusedBeforeItIsMade(String override, String message) {
    assertThat(
            sizes(
                new ImageShape(1, 1, 784),
                100 << 20,
                "tweedie.model.network=mlp",
                "tweedie." + override))
        .singleElement()
        .satisfies(problem -> assertThat(problem).contains(message));
    assertThat(sizes(new ImageShape(1, 1, 784), 100 << 20, "tweedie.model.network=mlp")).isEmpty();
  }

  @Test
  void copiesThatFillAnArrayAreRefused() {
    assertThat(
            sizes(
                new ImageShape(100, 100, 1),
                Long.MAX_VALUE,
                "tweedie.noise.copies=1000000",
                "tweedie.model.input=stacked"))
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem)
                    .contains(
                        "tweedie.noise.copies = 1000000 lets the network see 10000010000 numbers"));
  }

  @Test
  void equalPixelsAndInfiniteOnesAreRefused() {
    for (double mean : new double[] {0, 0.3, -7}) {
      assertThat(
              TrainingProblems.ofStatistics(settings(), statistics(mean, Math.abs(mean) * 1e-16)))
          .hasValueSatisfying(
              problem ->
                  assertThat(problem.toString())
                      .contains("holds images all of whose pixels are equal, " + (float) mean));
    }
    assertThat(TrainingProblems.ofStatistics(settings(), statistics(0.3, 1e-6))).isEmpty();
    assertThat(TrainingProblems.ofStatistics(settings(), statistics(0.3, Double.NaN)))
        .hasValueSatisfying(
            problem -> assertThat(problem.toString()).contains("holds values that are not finite"));
  }

  private static DataStatistics statistics(double mean, double std) {
    return new DataStatistics(10, new double[1], mean, std, std * std, 1, List.of(), "");
  }
}
