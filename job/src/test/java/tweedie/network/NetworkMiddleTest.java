package tweedie.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Output;
import tweedie.network.engine.Engines;
import tweedie.network.engine.TestedEngine;
import tweedie.network.engine.nd4j.Nd4jCompute;
import tweedie.network.graph.Compute;
import tweedie.network.graph.Graph;
import tweedie.network.graph.Node;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class NetworkMiddleTest {

  private static final int N = 3;

  static Stream<NetworkSettings> networks() {
    return Stream.of(
        NetworkTest.unet(Input.MEAN, 1, Output.DENOISER),
        NetworkTest.unet(Input.STACKED, 2, Output.SCORE, 0.2).withClasses(3),
        NetworkTest.unet(Input.MEAN, 1, Output.DENOISER).withAttention(List.of(2)),
        NetworkTest.mlp(Input.MEAN, 1, Output.DENOISER).withClasses(2));
  }

  static Stream<Arguments> byEngines() {
    return networks()
        .flatMap(
            settings ->
                Stream.of(TestedEngine.values()).map(engine -> Arguments.of(engine, settings)));
  }

  /** Weights of which none is 0. */
  private static float[] weights(NetworkSettings settings, long seed) {
    try (Network network = new Network(settings)) {
      float[] values = network.initialParameters(seed);
      for (int i = 0; i < values.length; i++) {
        values[i] = values[i] == 0 ? 0.5f : values[i];
      }
      return values;
    }
  }

  private static float[] rows(NetworkSettings settings) {
    Draws draws = Draws.of(5, Purpose.NOISE, 0, 0);
    float[] rows = new float[N * settings.rowLength()];
    for (int i = 0; i < rows.length; i++) {
      int place = i % settings.rowLength();
      rows[i] =
          (float)
              (place < settings.noiseAt()
                  ? draws.gaussian()
                  : place == settings.noiseAt() ? 0.3 + i / settings.rowLength() : i % 2 - 1);
    }
    return rows;
  }

  private static float[] middle(
      NetworkSettings settings, Function<Graph, Compute> engine, float[] weights) {
    try (Network network = new Network(settings, engine);
        INDArray parameters = Nd4j.createFromArray(weights)) {
      network.bind(parameters, null);
      return network.middle(rows(settings), N);
    }
  }

  /** ND4J's engine keeps the values of all operations of a whole network. */
  private static float[] middleOfWhole(NetworkSettings settings, float[] weights) {
    List<Graph> graphs = new ArrayList<>();
    List<Nd4jCompute> engines = new ArrayList<>();
    Function<Graph, Compute> engine =
        graph -> {
          graphs.add(graph);
          engines.add(new Nd4jCompute(graph));
          return engines.get(engines.size() - 1);
        };
    try (Network network = new Network(settings, engine);
        INDArray parameters = Nd4j.createFromArray(weights)) {
      network.bind(parameters, null);
      network.denoise(rows(settings), N, new float[N * settings.shape().dimension()]);
      network.middle(rows(settings), N);
      Node middle = graphs.get(1).output();
      assertThat(graphs.get(0).nodes().get(middle.index())).isSameAs(middle);
      assertThat(middle.index()).isLessThan(graphs.get(0).output().index());
      float[] values = engines.get(0).value(middle);
      int channels = (int) middle.channels();
      int pixels = (int) middle.length() / channels;
      float[] means = new float[N * channels];
      for (int at = 0; at < values.length; at++) {
        means[at / (pixels * channels) * channels + at % channels] += values[at] / pixels;
      }
      return means;
    }
  }

  @ParameterizedTest
  @MethodSource("byEngines")
  void isWhatTheWholeNetworkHasThere(TestedEngine engine, NetworkSettings settings) {
    float[] weights = weights(settings, 3);
    float[] expected = middleOfWhole(settings, weights);
    float[] features = middle(settings, engine, weights);

    assertThat(features).hasSize(N * 8 * (settings.shape().vector() ? 2 : 1));
    assertThat(features).containsExactly(expected, within(1e-5f));
    float[] ofFirst = Arrays.copyOf(expected, expected.length / N);
    assertThat(Arrays.copyOfRange(expected, ofFirst.length, 2 * ofFirst.length))
        .isNotEqualTo(ofFirst);
  }

  @Test
  void followsTheWeightsThatAreBound() {
    NetworkSettings settings = NetworkTest.mlp(Input.MEAN, 1, Output.DENOISER);
    float[] one = weights(settings, 3);
    float[] other = weights(settings, 4);
    try (Network network = new Network(settings);
        INDArray first = Nd4j.createFromArray(one);
        INDArray second = Nd4j.createFromArray(other)) {
      network.bind(first, null);
      float[] before = network.middle(rows(settings), N);
      network.bind(second, null);
      assertThat(network.middle(rows(settings), N))
          .isNotEqualTo(before)
          .isEqualTo(middle(settings, Engines::compute, other));
    }
  }

  /** Copies that are drawn around an image are the same whenever they are asked for. */
  @Test
  void aFixedDenoiserSeesOneSpread() {
    NetworkSettings settings = NetworkTest.unet(Input.STACKED, 2, Output.DENOISER);
    double[] y = new double[2 * settings.shape().dimension()];
    Arrays.setAll(y, j -> Math.sin(j));
    double[] s = {0.3, 0.3};
    try (NetworkDenoiser network = new NetworkDenoiser(settings, weights(settings, 3))) {
      NetworkDenoiser fixed = network.fixedFor(2, new long[] {4, 9});
      assertThat(fixed.middle(y, s)).hasSize(2 * 8).isEqualTo(fixed.middle(y, s));
      assertThat(fixed.middle(y, s)).isNotEqualTo(network.middle(y, s));
    }
  }
}
