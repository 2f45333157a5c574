package tweedie.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.data.ImageShape;
import tweedie.network.Network.ParameterShape;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.network.engine.TestedEngine;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * Every gradient that training and likelihood use, against central differences of the same
 * network's output.
 */
class NetworkTest {

  private static final int N = 3;

  static NetworkSettings unet(Input input, int copies, Output output, Double... frequencies) {
    return unet(new ImageShape(8, 12, 2), input, copies, output, frequencies);
  }

  private static NetworkSettings unet(
      ImageShape shape, Input input, int copies, Output output, Double... frequencies) {
    return new NetworkSettings(
        shape,
        Kind.UNET,
        List.of(4, 6, 8),
        2,
        1,
        0,
        0,
        8,
        input,
        copies,
        output,
        0.3,
        0.4,
        List.of(frequencies));
  }

  static NetworkSettings mlp(Input input, int copies, Output output, Double... frequencies) {
    return new NetworkSettings(
        new ImageShape(1, 1, 5),
        Kind.MLP,
        List.of(),
        0,
        0,
        16,
        2,
        8,
        input,
        copies,
        output,
        0.3,
        0.4,
        List.of(frequencies));
  }

  static Stream<Arguments> networks() {
    return Stream.of(Output.values())
        .flatMap(
            output ->
                Stream.of(
                    unet(Input.MEAN, 1, output),
                    unet(Input.STACKED, 3, output),
                    unet(new ImageShape(8, 8, 1), Input.MEAN, 1, output),
                    mlp(Input.MEAN, 4, output),
                    unet(Input.STACKED, 2, output, 0.05, 0.2),
                    mlp(Input.MEAN, 1, output, 0.05, 0.2),
                    unet(new ImageShape(8, 8, 1), Input.STACKED, 2, output).withClasses(3),
                    mlp(Input.MEAN, 1, output, 0.2).withClasses(2),
                    unet(new ImageShape(8, 8, 1), Input.MEAN, 1, output)
                        .withAttention(List.of(2, 4)),
                    mlp(Input.STACKED, 2, output)))
        .flatMap(settings -> Stream.of(1.0, 200.0).map(scale -> Arguments.of(settings, scale)))
        .flatMap(
            a ->
                Stream.of(TestedEngine.values())
                    .map(engine -> Arguments.of(engine, a.get()[0], a.get()[1])));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void gradientsAgreeWithFiniteDifferences(
      TestedEngine engine, NetworkSettings settings, double scale) {
    try (Case c = new Case(engine, settings, scale)) {
      c.network.forward(c.rows, N, c.denoised);
      c.network.backward(c.direction, N);
      float[] analytic = c.gradients.data().asFloat();
      for (ParameterShape parameter : c.network.parameters()) {
        int from = (int) parameter.offset();
        int length = (int) java.util.Arrays.stream(parameter.shape()).reduce(1, (a, b) -> a * b);
        float[] along = direction(analytic, from, length);
        double step = scale > 1 ? 0.002 : 0.1;
        double expected = c.difference(c.values, along, step);
        assertThat(dot(analytic, along))
            .as("%s along its direction", parameter.name())
            .isCloseTo(expected, within(1e-2 * Math.abs(expected) + c.rounding(step)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void inputGradientsAgreeWithFiniteDifferences(
      TestedEngine engine, NetworkSettings settings, double scale) {
    try (Case c = new Case(engine, settings, scale)) {
      c.network.bind(c.parameters, null);
      c.network.forward(c.rows, N, c.denoised);
      c.network.backward(c.direction, N);
      float[] analytic = c.network.inputGradient(c.direction);
      int perRow = settings.noiseAt();
      for (int row = 0; row < N; row++) {
        float[] inImages = direction(analytic, row * perRow, perRow);
        float[] along = new float[c.rows.length];
        System.arraycopy(inImages, row * perRow, along, row * c.network.rowLength(), perRow);
        double step = scale > 1 ? 0.5 : 0.1;
        double expected = c.difference(c.rows, along, step);
        assertThat(dot(analytic, inImages))
            .isCloseTo(expected, within(1e-2 * Math.abs(expected) + c.rounding(step)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aGradientThatIsNotAskedForIsRefused(TestedEngine engine) {
    try (Case c = new Case(engine, unet(Input.MEAN, 1, Output.DENOISER), 1)) {
      c.network.forward(c.rows, N, c.denoised);
      c.network.backward(c.direction, N);
      assertThatThrownBy(() -> c.network.inputGradient(c.direction))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  /** What likelihoods with several probes do. */
  @ParameterizedTest
  @EnumSource
  void backwardMayBeAskedAgainWithAnotherDirection(TestedEngine engine) {
    try (Case c = new Case(engine, unet(Input.MEAN, 1, Output.DENOISER), 1)) {
      c.network.bind(c.parameters, null);
      c.network.forward(c.rows, N, c.denoised);
      c.network.backward(c.direction, N);
      float[] once = c.network.inputGradient(c.direction);
      float[] twice = c.direction.clone();
      for (int i = 0; i < twice.length; i++) {
        twice[i] *= 2;
      }
      c.network.backward(twice, N);
      float[] ofTwice = c.network.inputGradient(twice);
      c.network.backward(c.direction, N);
      assertThat(c.network.inputGradient(c.direction)).isEqualTo(once);
      for (int i = 0; i < once.length; i++) {
        assertThat(ofTwice[i]).isEqualTo(2 * once[i]);
      }
    }
  }

  /**
   * A network with random parameters (none of them 0, and without a common sign: weights that all
   * push one way multiply the signal by a thousand million from layer to layer, and differences of
   * such a network are noise) on inputs of a given size, and the loss direction . D.
   */
  private static final class Case implements AutoCloseable {
    final Network network;
    final float[] values;
    final float[] rows;
    final float[] direction;
    final float[] denoised;
    final INDArray parameters;
    final INDArray gradients;

    Case(TestedEngine engine, NetworkSettings settings, double scale) {
      network = new Network(settings, engine);
      Draws draws = Draws.of(7, Purpose.NOISE, settings.copies(), settings.output().ordinal());
      values = network.initialParameters(3);
      for (int i = 0; i < values.length; i++) {
        if (values[i] == 0) {
          values[i] = (float) (0.5 + 0.1 * draws.gaussian());
        }
      }
      parameters = Nd4j.createFromArray(values);
      gradients = Nd4j.zeros(DataType.FLOAT, values.length);
      network.bind(parameters, gradients);
      rows = new float[N * network.rowLength()];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = (float) (scale * draws.gaussian());
      }
      double[] noise = {0.05, 0.7, 20};
      for (int i = 0; i < N; i++) {
        rows[i * network.rowLength() + settings.noiseAt()] = (float) noise[i];
        if (settings.classes() > 0) {
          rows[i * network.rowLength() + settings.noiseAt() + 1] = i - 1; // the first is not told
        }
      }
      denoised = new float[N * settings.shape().dimension()];
      direction = new float[denoised.length];
      for (int i = 0; i < direction.length; i++) {
        direction[i] = (float) draws.gaussian();
      }
    }

    double loss() {
      try (INDArray now = Nd4j.createFromArray(values)) {
        parameters.assign(now);
      }
      network.denoise(rows, N, denoised);
      return dot(denoised, direction);
    }

    /**
     * Central difference of the loss when {@code at} moves along {@code along}, by Richardson of
     * two steps.
     */
    double difference(float[] at, float[] along, double step) {
      return (4 * central(at, along, step / 2) - central(at, along, step)) / 3;
    }

    /** What rounding to float in the network can do to a difference quotient of this step. */
    double rounding(double step) {
      double magnitude = 0;
      for (int i = 0; i < denoised.length; i++) {
        magnitude += Math.abs((double) denoised[i] * direction[i]);
      }
      return 4e-7 * magnitude / step;
    }

    private double central(float[] at, float[] along, double step) {
      float[] original = at.clone();
      move(at, original, along, step);
      double plus = loss();
      move(at, original, along, -step);
      double minus = loss();
      System.arraycopy(original, 0, at, 0, at.length);
      return (plus - minus) / (2 * step);
    }

    private static void move(float[] at, float[] from, float[] along, double step) {
      for (int i = 0; i < at.length; i++) {
        at[i] = (float) (from[i] + step * along[i]);
      }
    }

    @Override
    public void close() {
      network.close();
      parameters.close();
      gradients.close();
    }
  }

  /**
   * A unit vector halfway between the gradient itself, along which differences stand out from
   * rounding, and a random direction, along which a wrong gradient cannot hide.
   */
  private static float[] direction(float[] gradient, int from, int count) {
    Draws draws = Draws.of(11, Purpose.NOISE, from, count);
    float[] direction = new float[gradient.length];
    double norm = norm(gradient, from, count);
    for (int i = from; i < from + count; i++) {
      direction[i] = (float) (gradient[i] / norm + draws.gaussian() / Math.sqrt(count));
    }
    double length = norm(direction, from, count);
    for (int i = from; i < from + count; i++) {
      direction[i] /= (float) length;
    }
    return direction;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static double norm(float[] a, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += (double) a[i] * a[i];
    }
    return Math.sqrt(sum);
  }
}
