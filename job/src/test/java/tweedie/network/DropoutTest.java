package tweedie.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.data.ImageShape;
import tweedie.network.Network.ParameterShape;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.network.engine.TestedEngine;
import tweedie.network.graph.Dense;
import tweedie.network.graph.Graph;
import tweedie.network.graph.GraphInput;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class DropoutTest {

  private static final double SHARE = 0.4;

  private static NetworkSettings settings(ImageShape shape, Kind kind) {
    return new NetworkSettings(
        shape,
        kind,
        List.of(8, 8),
        1,
        1,
        16,
        2,
        6,
        Input.MEAN,
        1,
        Output.DENOISER,
        0.3,
        0.4,
        List.of());
  }

  private static final List<NetworkSettings> NETWORKS =
      List.of(
          settings(new ImageShape(6, 6, 1), Kind.UNET),
          settings(new ImageShape(1, 1, 3), Kind.MLP).withClasses(2));

  private static Stream<Arguments> cases() {
    return Stream.of(TestedEngine.values())
        .flatMap(engine -> NETWORKS.stream().map(network -> Arguments.of(engine, network)));
  }

  private static Draws draws(long number) {
    return Draws.of(number, Purpose.NOISE, 0, 0);
  }

  private static float[] rows(NetworkSettings settings, int n, long number) {
    Draws draws = draws(number);
    float[] rows = new float[n * settings.rowLength()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) draws.gaussian();
    }
    for (int i = 0; i < n; i++) {
      rows[i * settings.rowLength() + settings.noiseAt()] = 0.5f;
      if (settings.classes() > 0) {
        rows[i * settings.rowLength() + settings.noiseAt() + 1] = i % 2;
      }
    }
    return rows;
  }

  private static float[] parameters(Network network) {
    float[] values = network.initialParameters(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] == 0 ? 0.7f : values[i];
    }
    return values;
  }

  private static List<float[]> masks(float[] rows, int n, int length, long channels) {
    Graph graph = new Graph();
    Dropout dropout = new Dropout(SHARE);
    dropout.shift(graph, new Dense(graph, graph.add(new GraphInput(2)), "any", channels, 1));
    return dropout.of(rows, n, length);
  }

  @Test
  void theShareOfTheChannelsIsLeftOutAndTheSameOnesOfTheSameRow() {
    int n = 400;
    float[] rows = rows(NETWORKS.get(0), n, 1);
    int length = NETWORKS.get(0).rowLength();
    float[] mask = masks(rows, n, length, 50).get(0);
    double out = 0;
    for (float value : mask) {
      out += value == 0 ? 0 : 1;
    }
    double deviation = Math.sqrt(SHARE * (1 - SHARE) / mask.length);
    assertThat(out / mask.length).isCloseTo(SHARE, within(4 * deviation));
    assertThat(masks(rows, n, length, 50).get(0)).isEqualTo(mask);
    rows[0] = Math.nextUp(rows[0]);
    float[] other = masks(rows, n, length, 50).get(0);
    assertThat(Arrays.copyOf(other, 50)).isNotEqualTo(Arrays.copyOf(mask, 50));
    assertThat(Arrays.copyOfRange(other, 50, mask.length))
        .isEqualTo(Arrays.copyOfRange(mask, 50, mask.length));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatIsLeftOutHasNoGradient(TestedEngine engine, NetworkSettings settings) {
    try (Network network = Network.inTraining(settings, SHARE, engine)) {
      float[] gradient = gradient(network, settings, parameters(network), rows(settings, 1, 3));
      for (ParameterShape weights : network.parameters()) {
        if (weights.name().endsWith(".first")) {
          int out = (int) weights.shape()[weights.shape().length - 1];
          int without = 0;
          for (int channel = 0; channel < out; channel++) {
            without += isZero(gradient, weights, channel, out) ? 1 : 0;
          }
          assertThat(without).as(weights.name()).isBetween(1, out - 1);
        }
      }
    }
  }

  private static boolean isZero(float[] gradient, ParameterShape weights, int channel, int out) {
    long length = 1;
    for (long size : weights.shape()) {
      length *= size;
    }
    for (long i = channel; i < length; i += out) {
      if (Math.abs(gradient[(int) (weights.offset() + i)]) > 1e-20) {
        return false;
      }
    }
    return true;
  }

  private static float[] gradient(
      Network network, NetworkSettings settings, float[] parameters, float[] rows) {
    int n = rows.length / settings.rowLength();
    float[] direction = direction(settings, n);
    try (INDArray values = Nd4j.createFromArray(parameters);
        INDArray gradients = Nd4j.createFromArray(new float[parameters.length])) {
      network.bind(values, gradients);
      network.forward(rows, n, new float[direction.length]);
      network.backward(direction, n);
      return gradients.data().asFloat();
    }
  }

  private static float[] direction(NetworkSettings settings, int n) {
    float[] direction = new float[n * settings.shape().dimension()];
    Draws draws = draws(4);
    for (int i = 0; i < direction.length; i++) {
      direction[i] = (float) draws.gaussian();
    }
    return direction;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsAreThoseOfFiniteDifferences(TestedEngine engine, NetworkSettings settings) {
    try (Network network = Network.inTraining(settings, SHARE, engine)) {
      int n = 3;
      float[] rows = rows(settings, n, 5);
      float[] parameters = parameters(network);
      float[] gradient = gradient(network, settings, parameters, rows);
      double length = 0;
      for (float value : gradient) {
        length += (double) value * value;
      }
      float step = (float) (0.02 / Math.sqrt(length));
      double difference =
          along(network, settings, moved(parameters, gradient, step), rows)
              - along(network, settings, moved(parameters, gradient, -step), rows);
      assertThat(difference / (2 * step)).isCloseTo(length, within(0.01 * length));
    }
  }

  private static float[] moved(float[] parameters, float[] direction, float step) {
    float[] moved = parameters.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += step * direction[i];
    }
    return moved;
  }

  private static double along(
      Network network, NetworkSettings settings, float[] parameters, float[] rows) {
    int n = rows.length / settings.rowLength();
    float[] direction = direction(settings, n);
    float[] denoised = new float[direction.length];
    try (INDArray values = Nd4j.createFromArray(parameters)) {
      network.bind(values, null);
      network.denoise(rows, n, denoised);
    }
    double sum = 0;
    for (int i = 0; i < denoised.length; i++) {
      sum += (double) direction[i] * denoised[i];
    }
    return sum;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void withoutItNoBitIsAnother(TestedEngine engine, NetworkSettings settings) {
    float[] rows = rows(settings, 2, 6);
    try (Network training = Network.inTraining(settings, 0, engine);
        Network plain = new Network(settings, engine)) {
      float[] parameters = parameters(plain);
      assertThat(gradient(training, settings, parameters, rows))
          .isEqualTo(gradient(plain, settings, parameters, rows));
    }
  }
}
