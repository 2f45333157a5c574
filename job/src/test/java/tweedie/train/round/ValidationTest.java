package tweedie.train.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.LocalSpark;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardRdd;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Output;
import tweedie.score.CopyNoise;
import tweedie.train.LossByNoise;
import tweedie.train.Objective;
import tweedie.train.TrainSettings;

class ValidationTest {

  private static final NetworkSettings NETWORK = Trained.network(Input.STACKED, 2, Output.DENOISER);
  private static final TrainSettings SETTINGS = Trained.settings(2);

  private static final LocalSpark SPARK = LocalSpark.of("local[2]");

  @TempDir Path directory;

  private static float[] weights() {
    return Trained.initial(NETWORK).ema();
  }

  private static Validation validation(List<Shard> shards) {
    return new Validation(shards, ShardRdd.read(SPARK.context(), shards), NETWORK, SETTINGS);
  }

  @Test
  void isTheMeanLossOfAllHeldOutImages() throws IOException {
    List<Shard> shards = Trained.shards(directory, 7, 1, 4);
    LossByNoise losses = validation(shards).of(weights());
    assertThat(losses.bins(1).stream().mapToLong(LossByNoise.Bin::images).sum()).isEqualTo(12);
    double sum = 0;
    Objective objective = Objective.ofValidation(SETTINGS, NETWORK);
    try (Network network = new Network(NETWORK);
        INDArray parameters = Nd4j.createFromArray(weights())) {
      network.bind(parameters, null);
      for (LabeledImage image : Trained.images(0, 12)) {
        CopyNoise noise = objective.noise(image.id());
        float[] row = new float[network.rowLength()];
        objective.noisyRow(image, noise, row, 0);
        float[] denoised = new float[3];
        network.denoise(row, 1, denoised);
        for (int j = 0; j < 3; j++) {
          sum +=
              objective.weight(noise.s()) * Math.pow(denoised[j] - image.pixels()[j], 2) / 3 / 12;
        }
      }
    }
    assertThat(losses.mean()).isCloseTo(sum, within(1e-5 * sum));
  }

  @Test
  void isTheSameNumberEveryTimeAndOneSparkJob() throws Exception {
    List<Shard> shards = Trained.shards(directory, 7, 1, 4);
    AtomicInteger jobs = new AtomicInteger();
    SparkListener counter =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            jobs.incrementAndGet();
          }
        };
    Validation validation = validation(shards);
    SPARK.context().sc().addSparkListener(counter);
    LossByNoise first;
    try {
      first = validation.of(weights());
      SPARK.context().sc().listenerBus().waitUntilEmpty();
    } finally {
      SPARK.context().sc().removeSparkListener(counter);
    }
    assertThat(jobs).hasValue(1);
    LossByNoise again = validation.of(weights());
    assertThat(again.mean()).isEqualTo(first.mean());
    assertThat(again.bins(1)).isEqualTo(first.bins(1));
    float[] others = weights();
    others[others.length - 1] = 1; // the gain of the output, 0 at first
    assertThat(validation.of(others).mean()).isNotEqualTo(first.mean());
  }
}
