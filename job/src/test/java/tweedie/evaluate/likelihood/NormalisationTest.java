package tweedie.evaluate.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tweedie.data.ImageShape;
import tweedie.evaluate.likelihood.FlowLikelihood.Density;
import tweedie.evaluate.likelihood.FlowSolver.Grid;
import tweedie.evaluate.likelihood.FlowSolver.Method;
import tweedie.network.Network;
import tweedie.network.NetworkDenoiser;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/** What makes bits of dequantized pixels comparable: the density has the mass 1. */
class NormalisationTest {

  private static final NetworkSettings TWO_PIXELS =
      new NetworkSettings(
          new ImageShape(1, 1, 2),
          Kind.MLP,
          List.of(),
          0,
          0,
          16,
          2,
          8,
          Input.MEAN,
          1,
          Output.DENOISER,
          0.5,
          0.3,
          List.of());

  /** Of a network that has learned nothing, whose density is as odd as its weights. */
  private static float[] weights() {
    Draws draws = Draws.of(3, Purpose.NOISE, 0, 0);
    try (Network network = new Network(TWO_PIXELS)) {
      float[] values = network.initialParameters(3);
      for (int i = 0; i < values.length; i++) {
        values[i] = values[i] == 0 ? (float) (0.8 + 0.2 * draws.gaussian()) : values[i];
      }
      return values;
    }
  }

  @Test
  void theDensityOfAnyNetworkHasTheMassOne() {
    int side = 121;
    double low = -2.5;
    double width = 6.0 / (side - 1);
    double[] points = new double[side * side * 2];
    for (int i = 0; i < side * side; i++) {
      points[2 * i] = low + width * (i / side);
      points[2 * i + 1] = low + width * (i % side);
    }
    FlowLikelihood flow =
        new FlowLikelihood(
            new DataNormal(new double[] {0.5, 0.5}, 0.09),
            3,
            new Grid(Method.RK4, 32),
            new Divergence.Exact());
    long[] ids = LongStream.range(0, side * side).toArray();
    try (NetworkDenoiser network = new NetworkDenoiser(TWO_PIXELS, weights())) {
      Density[] densities = flow.logDensity(network, points, 0.1, 1, ids, 0);
      double[] found =
          Arrays.stream(densities).mapToDouble(of -> Math.exp(of.logDensity()[0])).toArray();
      assertThat(Arrays.stream(found).sum() * width * width).isCloseTo(1, within(1e-3));
      // and it is not the normal density of the same moments
      double normal = Math.exp(flow.prior().logDensity(new double[] {0.5, 0.5}, 0.1));
      assertThat(found[side * side / 2] / normal).isNotCloseTo(1, within(0.1));
    }
  }
}
