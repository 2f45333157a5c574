package tweedie.network.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;
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
   * What an engine computes differs from what ND4J does by rounding only. On images of a scale that
   * no data have that is more: by images that are 1e-7 larger the gradients of ND4J itself, of a
   * network with attention, change by 5e-6 to 9e-6 of the largest.
   */
  public static void assertEqual(
      NetworkSettings settings, int n, Function<Graph, Compute> engine, double scale) {
    assertThat(difference(settings, n, engine, scale))
        .as("largest difference of %s", engine)
        .isLessThan(scale > 1 ? 3e-5 : 1e-5);
  }

  /**
   * How far an engine is from ND4J: the largest difference of D, of the gradient of the parameters
   * and of that of the images, each relative to the largest number; infinite where some are not
   * finite.
   *
   * @param scale standard deviation of the images
   */
  public static double difference(
      NetworkSettings settings, int n, Function<Graph, Compute> engine, double scale) {
    try (ComparedNetwork expected = new ComparedNetwork(settings, n, TestedEngine.ND4J);
        ComparedNetwork actual = new ComparedNetwork(settings, n, engine)) {
      expected.see(scale);
      actual.see(scale);
      double d = difference(actual.denoised(), expected.denoised());
      double ofParameters = difference(actual.learned(), expected.learned());
      double ofImages = difference(actual.imageGradient(), expected.imageGradient());
      return Math.max(d, Math.max(ofParameters, ofImages));
    }
  }

  private static double difference(float[] actual, float[] expected) {
    double largest = 0;
    double apart = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      apart = Math.max(apart, Math.abs(actual[i] - expected[i])); // NaN stays
    }
    return Double.isFinite(apart) && largest > 0 ? apart / largest : Double.POSITIVE_INFINITY;
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
      int place = i % network.rowLength();
      rows[i] =
          (float)
              (place < settings.noiseAt()
                  ? scale * draws.gaussian()
                  : place == settings.noiseAt()
                      ? Math.exp(draws.uniform(-3, 3))
                      : draws.below(settings.classes() + 1) - 1);
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
