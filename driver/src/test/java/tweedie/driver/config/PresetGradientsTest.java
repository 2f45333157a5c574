package tweedie.driver.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.data.ImageShape;
import tweedie.data.shard.DataStatistics;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.engine.ComparedNetwork;
import tweedie.network.engine.TestedEngine;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * The gradient of the loss sum w |D - x|^2 / (n d) of the network of every preset, in every
 * parametrization, against differences of the loss itself; on small images.
 */
class PresetGradientsTest {

  private static final int N = 2;
  private static final double STEP = 0.05;

  static Stream<Arguments> presets() {
    return Stream.of("tiny", "seed", "mnist", "cifar10", "vector")
        .flatMap(
            preset ->
                Stream.of("mean", "stacked")
                    .flatMap(
                        input ->
                            Stream.of("denoiser", "score")
                                .map(output -> Arguments.of(preset, input, output))));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void lossFallsAsItsGradientSays(String preset, String input, String output) {
    Settings settings = settings(preset, input, output);
    NetworkSettings network = network(settings, preset);
    try (Loss loss = new Loss(network, settings)) {
      float[] gradient = loss.gradient();
      double norm = Math.sqrt(dot(gradient, gradient));
      Draws draws = Draws.of(3, Purpose.NOISE, 0, 0);
      float[] along = new float[gradient.length];
      for (int i = 0; i < along.length; i++) { // along it, and a little across
        along[i] = (float) (gradient[i] / norm + 0.3 * draws.gaussian() / Math.sqrt(along.length));
      }
      double expected = (4 * loss.slope(along, STEP / 2) - loss.slope(along, STEP)) / 3;
      assertThat(dot(gradient, along))
          .isCloseTo(expected, within(0.01 * Math.abs(expected) + 2e-6 * loss.value() / STEP));
      assertThat(norm).isGreaterThan(1e-3 * loss.value());
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void enginesComputeTheSame(String preset, String input, String output) {
    NetworkSettings network = network(settings(preset, input, output), preset);
    ComparedNetwork.assertEqual(network, 2, TestedEngine.ONEDNN_BLOCKED, 1);
  }

  private static Settings settings(String preset, String input, String output) {
    return SettingsLoader.load(
            Optional.empty(),
            List.of(
                "tweedie.model.preset=" + preset,
                "tweedie.model.input=" + input,
                "tweedie.model.output=" + output,
                "tweedie.noise.copies=3"))
        .settings();
  }

  private static NetworkSettings network(Settings settings, String preset) {
    int channels = preset.equals("cifar10") ? 3 : 1;
    ImageShape shape =
        settings.model().network() == Kind.UNET
            ? new ImageShape(8, 8, channels)
            : new ImageShape(1, 1, 5);
    DataStatistics statistics =
        new DataStatistics(9, new double[shape.dimension()], 0.3, 0.4, 0.1, 1, List.of(), "");
    return FromSettings.network(settings, shape, statistics);
  }

  /** The loss of a network with random parameters on noisy images. */
  private static final class Loss implements AutoCloseable {

    private final Network network;
    private final float[] values;
    private final float[] rows;
    private final float[] images;
    private final double[] weights = new double[N];
    private final INDArray parameters;
    private final INDArray gradients;

    Loss(NetworkSettings settings, Settings config) {
      network = new Network(settings);
      Draws draws = Draws.of(2, Purpose.NOISE, 0, 0);
      values = network.initialParameters(1);
      for (int i = 0; i < values.length; i++) {
        values[i] += values[i] == 0 ? (float) (0.3 + 0.1 * draws.gaussian()) : 0;
      }
      parameters = Nd4j.createFromArray(values);
      gradients = Nd4j.zeros(DataType.FLOAT, values.length);
      network.bind(parameters, gradients);
      int d = settings.shape().dimension();
      images = new float[N * d];
      rows = new float[N * network.rowLength()];
      for (int i = 0; i < N; i++) {
        double s = i == 0 ? 0.2 : 1.5;
        weights[i] = config.noise().weighting().at(s, settings.dataStd());
        for (int j = 0; j < d; j++) {
          images[i * d + j] = (float) draws.uniform();
        }
        int at = i * network.rowLength();
        for (int j = 0; j < network.rowLength() - 1; j++) {
          rows[at + j] = (float) (images[i * d + j % d] + s * draws.gaussian());
        }
        rows[at + network.rowLength() - 1] = (float) s;
      }
    }

    double value() {
      float[] denoised = new float[images.length];
      network.denoise(rows, N, denoised);
      double loss = 0;
      for (int j = 0; j < images.length; j++) {
        loss += weight(j) * Math.pow(denoised[j] - images[j], 2);
      }
      return loss;
    }

    float[] gradient() {
      float[] denoised = new float[images.length];
      network.forward(rows, N, denoised);
      float[] errors = new float[images.length];
      for (int j = 0; j < errors.length; j++) {
        errors[j] = (float) (2 * weight(j) * (denoised[j] - images[j]));
      }
      network.backward(errors, N);
      return gradients.data().asFloat();
    }

    double slope(float[] along, double step) {
      double slope = (at(along, step) - at(along, -step)) / (2 * step);
      at(along, 0);
      return slope;
    }

    private double at(float[] along, double step) {
      float[] moved = new float[values.length];
      for (int i = 0; i < moved.length; i++) {
        moved[i] = (float) (values[i] + step * along[i]);
      }
      try (INDArray now = Nd4j.createFromArray(moved)) {
        parameters.assign(now);
      }
      return value();
    }

    private double weight(int j) {
      return weights[j / (images.length / N)] / images.length;
    }

    @Override
    public void close() {
      network.close();
      parameters.close();
      gradients.close();
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
