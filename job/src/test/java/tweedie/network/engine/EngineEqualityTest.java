package tweedie.network.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.data.ImageShape;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.network.graph.Compute;
import tweedie.network.graph.Graph;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/** Every engine against ND4J's on whole networks: what they compute differs by rounding only. */
class EngineEqualityTest {

  private static NetworkSettings unet(
      int height, int width, int colours, int halvings, int blocks, Integer... channels) {
    return new NetworkSettings(
        new ImageShape(height, width, colours),
        Kind.UNET,
        List.of(channels),
        halvings,
        blocks,
        0,
        0,
        10,
        Input.MEAN,
        1,
        Output.DENOISER,
        0.3,
        0.4,
        List.of());
  }

  private static NetworkSettings mlp(int dimension, int hidden, int depth) {
    return new NetworkSettings(
        new ImageShape(1, 1, dimension),
        Kind.MLP,
        List.of(),
        0,
        0,
        hidden,
        depth,
        12,
        Input.STACKED,
        3,
        Output.SCORE,
        0.3,
        0.4,
        List.of(0.1, 1.0));
  }

  static Stream<Arguments> cases() {
    return Stream.of(EngineUnderTest.values())
        .filter(engine -> engine != EngineUnderTest.ND4J)
        .flatMap(
            engine ->
                Stream.of(
                        Arguments.of(unet(7, 7, 1, 0, 1, 24, 10), 5),
                        Arguments.of(unet(30, 30, 3, 1, 2, 3, 10), 2),
                        Arguments.of(unet(28, 36, 1, 2, 1, 16, 24, 32), 3),
                        Arguments.of(unet(8, 8, 10, 2, 1, 8, 8, 8, 8), 1),
                        Arguments.of(unet(8, 8, 2, 1, 1, 1, 1), 64),
                        Arguments.of(mlp(2, 33, 2), 512),
                        Arguments.of(mlp(5, 16, 1), 1))
                    .map(a -> Arguments.of(engine, a.get()[0], a.get()[1])));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatNd4jComputes(EngineUnderTest engine, NetworkSettings settings, int n) {
    try (Case expected = new Case(settings, n, EngineUnderTest.ND4J);
        Case actual = new Case(settings, n, engine)) {
      for (double scale : new double[] {1, 100}) {
        expected.see(scale);
        actual.see(scale);
        assertEqual("D", actual.denoised(), expected.denoised());
        assertEqual("gradient of parameters", actual.learned(), expected.learned());
        assertEqual("gradient of images", actual.imageGradient(), expected.imageGradient());
        assertEqual("D again", actual.denoised(), expected.denoised());
      }
    }
  }

  private static void assertEqual(String what, float[] actual, float[] expected) {
    double largest =
        IntStream.range(0, expected.length).mapToDouble(i -> Math.abs(expected[i])).max().orElse(0);
    assertThat(largest).isFinite().isPositive();
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i])
          .as("%s, number %d of %d", what, i, expected.length)
          .isCloseTo(expected[i], within(1e-5 * largest));
    }
  }

  /** A network with random parameters, none of them 0, on random images and noise levels. */
  private static final class Case implements AutoCloseable {
    private final NetworkSettings settings;
    private final int n;
    private final Network network;
    private final INDArray parameters;
    private final INDArray gradients;
    private final float[] rows;
    private final float[] direction;

    Case(NetworkSettings settings, int n, Function<Graph, Compute> engine) {
      this.settings = settings;
      this.n = n;
      network = new Network(settings, engine);
      Draws draws = Draws.of(7, Purpose.NOISE, n, 0);
      float[] values = network.initialParameters(3);
      for (int i = 0; i < values.length; i++) {
        if (values[i] == 0) {
          values[i] = (float) (0.5 + 0.1 * draws.gaussian());
        }
      }
      parameters = Nd4j.createFromArray(values);
      gradients = Nd4j.zeros(DataType.FLOAT, values.length);
      rows = new float[n * network.rowLength()];
      direction = new float[n * settings.shape().dimension()];
    }

    void see(double scale) {
      Draws draws = Draws.of(8, Purpose.NOISE, n, 0);
      for (int i = 0; i < rows.length; i++) {
        boolean noise = (i + 1) % network.rowLength() == 0;
        rows[i] = (float) (noise ? Math.exp(draws.uniform(-3, 3)) : scale * draws.gaussian());
      }
      for (int i = 0; i < direction.length; i++) {
        direction[i] = (float) draws.gaussian();
      }
    }

    float[] denoised() {
      network.bind(parameters, null);
      float[] out = new float[n * settings.shape().dimension()];
      network.denoise(rows, n, out);
      return out;
    }

    float[] learned() {
      network.bind(parameters, gradients);
      network.forward(rows, n, new float[direction.length]);
      network.backward(direction, n);
      return gradients.data().asFloat();
    }

    float[] imageGradient() {
      network.bind(parameters, null);
      network.forward(rows, n, new float[direction.length]);
      network.backward(direction, n);
      return network.inputGradient(direction);
    }

    @Override
    public void close() {
      network.close();
      parameters.close();
      gradients.close();
    }
  }
}
