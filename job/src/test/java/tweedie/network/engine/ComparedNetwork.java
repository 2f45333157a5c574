package tweedie.network.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.graph.Compute;
import tweedie.network.graph.Graph;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * A network with random parameters, none of them 0, on random images and noise levels, in one of
 * two engines that are compared.
 */
public final class ComparedNetwork implements AutoCloseable {

  private final NetworkSettings settings;
  private final int n;
  private final Network network;
  private final INDArray parameters;
  private final INDArray gradients;
  private final float[] rows;
  private final float[] direction;

  /**
   * What an engine computes differs from what ND4J does by rounding only: D, the gradient of the
   * parameters and that of the images.
   *
   * @param scale standard deviation of the images
   */
  public static void assertEqual(
      NetworkSettings settings, int n, Function<Graph, Compute> engine, double scale) {
    try (ComparedNetwork expected = new ComparedNetwork(settings, n, EngineUnderTest.ND4J);
        ComparedNetwork actual = new ComparedNetwork(settings, n, engine)) {
      expected.see(scale);
      actual.see(scale);
      assertEqual("D", engine, actual.denoised(), expected.denoised());
      assertEqual("gradient of parameters", engine, actual.learned(), expected.learned());
      assertEqual("gradient of images", engine, actual.imageGradient(), expected.imageGradient());
    }
  }

  private static void assertEqual(String what, Object engine, float[] actual, float[] expected) {
    double largest =
        IntStream.range(0, expected.length).mapToDouble(i -> Math.abs(expected[i])).max().orElse(0);
    assertThat(largest).isFinite().isPositive();
    double difference =
        IntStream.range(0, expected.length)
            .mapToDouble(i -> Math.abs(actual[i] - expected[i]))
            .reduce(0, (x, y) -> x > y || Double.isNaN(x) ? x : y); // keeps NaN
    assertThat(difference / largest).as("%s of %s", what, engine).isLessThan(1e-5);
  }

  /** A network for n images, of which it must {@link #see} some first. */
  public ComparedNetwork(NetworkSettings settings, int n, Function<Graph, Compute> engine) {
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

  /** Random images of this standard deviation. */
  public void see(double scale) {
    Draws draws = Draws.of(8, Purpose.NOISE, n, 0);
    for (int i = 0; i < rows.length; i++) {
      boolean noise = (i + 1) % network.rowLength() == 0;
      rows[i] = (float) (noise ? Math.exp(draws.uniform(-3, 3)) : scale * draws.gaussian());
    }
    for (int i = 0; i < direction.length; i++) {
      direction[i] = (float) draws.gaussian();
    }
  }

  /** D, [n, d]. */
  public float[] denoised() {
    network.bind(parameters, null);
    float[] out = new float[n * settings.shape().dimension()];
    network.denoise(rows, n, out);
    return out;
  }

  /** The gradient of the parameters, [P]. */
  public float[] learned() {
    network.bind(parameters, gradients);
    network.forward(rows, n, new float[direction.length]);
    network.backward(direction, n);
    return gradients.data().asFloat();
  }

  /** The gradient of the images, [n, k d]. */
  public float[] imageGradient() {
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
