package tweedie.driver.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.LocalSpark;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.ShardWriter;
import tweedie.data.shard.ShardedData;
import tweedie.score.Denoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.FiniteData;
import tweedie.score.PosteriorSums;

/** The best denoiser of imported images, in memory, streamed and as a Spark job. */
class DataModelTest {

  private static final int IMAGES = 150;
  private static final ImageShape SHAPE = new ImageShape(3, 2, 1);

  @TempDir static Path temporary;
  private static final LocalSpark SPARK = LocalSpark.of("local[2]");
  private static ShardedData data;
  private static final double[] rows = new double[IMAGES * SHAPE.dimension()];

  @BeforeAll
  static void write() throws IOException {
    SPARK.context(); // readers ask it for Hadoop's settings
    Path directory = Files.createDirectory(temporary.resolve("shards"));
    Draws draws = Draws.of(1, Purpose.ORACLE, 0, 0);
    List<LabeledImage> shard = new ArrayList<>();
    for (int id = 0; id < IMAGES; id++) {
      float[] pixels = new float[SHAPE.dimension()];
      for (int j = 0; j < pixels.length; j++) {
        pixels[j] = draws.below(256) / 255f;
        rows[id * pixels.length + j] = pixels[j];
      }
      shard.add(new LabeledImage(id, -1, SHAPE, pixels));
      if (shard.size() == 70 || id == IMAGES - 1) {
        ShardWriter.write(
            new org.apache.hadoop.fs.Path(
                directory.resolve("part-%05d.parquet".formatted(id)).toUri()),
            shard,
            new Configuration());
        shard.clear();
      }
    }
    data = ShardedData.open(new org.apache.hadoop.fs.Path(directory.toUri()), new Configuration());
  }

  private static double[] noisy(double[] s) {
    int d = SHAPE.dimension();
    double[] y = new double[s.length * d];
    Draws draws = Draws.of(2, Purpose.NOISE, 0, 0);
    for (int j = 0; j < y.length; j++) {
      y[j] = rows[j] + s[j / d] * draws.gaussian();
    }
    return y;
  }

  @Test
  void memoryStreamAndJobGiveTheBestDenoiserOfAllImages() {
    double[] s = {0.01, 0.2, 0.5, 4};
    double[] y = noisy(s);
    double[] expected = new double[y.length];
    new FiniteData(rows, SHAPE.dimension()).denoise(y, s, expected);

    for (double memoryShare : new double[] {0.25, 0}) {
      DataModel model = new DataModel("here", data, memoryShare);
      double[] denoised = y.clone();
      try (Denoiser denoiser = model.denoiser()) {
        denoiser.denoise(denoised, s, denoised);
      }
      assertThat(denoised).containsExactly(expected, within(1e-13));
      model.free();
    }
    PosteriorSums sums =
        new DataPosterior(SPARK.context(), data.shards(), SHAPE.dimension()).of(y, s);
    double[] merged = new double[y.length];
    sums.denoised(merged);
    assertThat(merged).containsExactly(expected, within(1e-13));
  }

  @Test
  void theModelSaysWhatItIs() {
    DataModel model = new DataModel("here", data, DataModel.MEMORY_SHARE);

    assertThat(model.name()).isEqualTo("the 150 images of here");
    assertThat(model.shape()).isEqualTo(SHAPE);
    assertThat(model.seesCopies()).isFalse();
  }
}
