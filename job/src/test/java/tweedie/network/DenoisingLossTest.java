package tweedie.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.data.ImageShape;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.score.CopyNoise;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.Weighting;

class DenoisingLossTest {

  private static final int D = 4;
  private static final float[] IMAGE = {0, 0.25f, 0.5f, 1};
  private static final CopyNoise NOISE = new CopyNoise(0.6, 4);

  private static NetworkSettings settings(Input input) {
    return new NetworkSettings(
        new ImageShape(2, 2, 1),
        Kind.MLP,
        List.of(),
        0,
        0,
        8,
        1,
        4,
        input,
        NOISE.copies(),
        Output.DENOISER,
        0.5,
        0.3,
        List.of());
  }

  private static DenoisingLoss loss(Input input) {
    return new DenoisingLoss(settings(input), Weighting.SCORE);
  }

  private static Draws draws(long id) {
    return Draws.of(7, Purpose.NOISE, id, 0);
  }

  @Test
  void aNetworkOfTheMeanSeesTheNoiseOfTheMean() {
    float[] row = new float[D + 1];
    loss(Input.MEAN).noisyRow(IMAGE, NOISE, -1, draws(1), row, 0);
    Draws again = draws(1);
    for (int j = 0; j < D; j++) {
      assertThat(row[j]).isEqualTo((float) (IMAGE[j] + 0.3 * again.gaussian()));
    }
    assertThat(row[D]).isEqualTo(0.3f);
  }

  @Test
  void aNetworkOfAllCopiesSeesTheNoiseOfEach() {
    float[] row = new float[4 * D + 1];
    loss(Input.STACKED).noisyRow(IMAGE, NOISE, -1, draws(1), row, 0);
    Draws again = draws(1);
    for (int j = 0; j < 4 * D; j++) {
      assertThat(row[j]).isEqualTo((float) (IMAGE[j % D] + 0.6 * again.gaussian()));
    }
    assertThat(row[4 * D]).as("the noise of their mean").isEqualTo(0.3f);
  }

  @Test
  void theLossThatIsTrainedOnIsTheWeightedErrorThatIsMeasured() {
    DenoisingLoss loss = loss(Input.MEAN);
    int n = 3;
    float[] rows = new float[n * (D + 1)];
    float[] labels = new float[n * (D + 1)];
    for (int i = 0; i < n; i++) {
      CopyNoise noise = CopyNoise.ofMean(0.1 * (i + 1), NOISE.copies());
      loss.noisyRow(IMAGE, noise, -1, draws(i), rows, i * (D + 1));
      loss.label(IMAGE, noise, labels, i * (D + 1));
      assertThat(labels[i * (D + 1) + D]).isEqualTo((float) (1 / (noise.s() * noise.s())));
    }
    try (Network network = new Network(loss.network());
        INDArray parameters = Nd4j.createFromArray(network.initialParameters(3));
        INDArray gradients = Nd4j.create(parameters.length())) {
      network.bind(parameters, gradients);
      double[] losses = DenoisingLoss.backward(network, rows, labels, n);
      double[] squared = DenoisingLoss.squaredErrors(network, rows, labels, n);
      for (int i = 0; i < n; i++) {
        double weight = labels[i * (D + 1) + D] / D;
        assertThat(losses[i]).isPositive().isEqualTo(weight * squared[i]);
      }
    }
  }
}
