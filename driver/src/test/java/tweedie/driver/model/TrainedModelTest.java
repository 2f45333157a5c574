package tweedie.driver.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tweedie.data.ImageShape;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.score.Denoiser;

class TrainedModelTest {

  private static final NetworkSettings NETWORK =
      new NetworkSettings(
          new ImageShape(1, 1, 2),
          Kind.MLP,
          List.of(8),
          0,
          1,
          8,
          1,
          4,
          Input.MEAN,
          1,
          Output.DENOISER,
          0.5,
          0.3,
          List.of());

  @Test
  void aTaskTakesTheDenoiserThatTheOneBeforeGaveBack() {
    TrainedModel model = new TrainedModel(NETWORK, parameters(), 3, "");
    assertThat(model.idle()).isZero();
    Denoiser first = model.denoiser();
    Denoiser second = model.denoiser();
    double[] fresh = denoised(first);
    assertThat(denoised(second)).containsExactly(fresh);
    first.close();
    second.close();
    assertThat(model.idle()).isEqualTo(2);

    try (Denoiser again = model.denoiser()) {
      assertThat(model.idle()).isEqualTo(1);
      assertThat(denoised(again)).containsExactly(fresh);
    }
    model.free();
    assertThat(model.idle()).isZero();
    assertThat(model.name()).isEqualTo("the network after round 3");
  }

  @Test
  void aBatchFitsIntoItsMemory() {
    TrainedModel model = new TrainedModel(NETWORK, parameters(), 3, "");
    int rows = model.largestBatch(1 << 20);

    assertThat(rows).isGreaterThan(100);
    assertThat(model.largestBatch(1 << 21)).isBetween(2 * rows, 2 * rows + 1);
    assertThat(model.largestBatch(1)).isEqualTo(1);
  }

  private static float[] parameters() {
    try (Network network = new Network(NETWORK)) {
      return network.initialParameters(1);
    }
  }

  private static double[] denoised(Denoiser denoiser) {
    double[] out = new double[4];
    double[] s = new double[2];
    Arrays.fill(s, 0.5);
    denoiser.denoise(new double[] {0.1, 0.2, 0.3, 0.4}, s, out);
    return out;
  }
}
