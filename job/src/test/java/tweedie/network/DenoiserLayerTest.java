package tweedie.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.network.Network.ParameterShape;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class DenoiserLayerTest {

  static Stream<NetworkSettings> networks() {
    return Stream.of(
        NetworkTest.unet(Input.MEAN, 1, Output.DENOISER),
        NetworkTest.unet(Input.STACKED, 3, Output.SCORE),
        NetworkTest.mlp(Input.MEAN, 4, Output.SCORE),
        NetworkTest.mlp(Input.STACKED, 2, Output.DENOISER));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void settingsComeBackFromJson(NetworkSettings settings) {
    assertThat(DenoiserLayer.fromJson(DenoiserLayer.toJson(settings))).isEqualTo(settings);
  }

  @Test
  void otherJsonIsRefused() {
    assertThatThrownBy(() -> DenoiserLayer.fromJson("{\"shape\": 3}"))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("network.json is damaged: shape is wrong: ");
    String unknownKey = DenoiserLayer.toJson(NetworkTest.mlp(Input.MEAN, 1, Output.SCORE));
    assertThatThrownBy(
            () -> DenoiserLayer.fromJson(unknownKey.replace("\"depth\"", "\"color\":3,\"depth\"")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("color");
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theLayerTravelsInTheJsonOfItsDl4jNetwork(NetworkSettings settings) {
    MultiLayerConfiguration configuration = DenoiserLayer.configuration(settings, new Adam(0.01));
    MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(configuration.toJson());
    DenoiserLayer layer = (DenoiserLayer) read.getConf(0).getLayer();
    assertThat(DenoiserLayer.fromJson(layer.getArchitecture())).isEqualTo(settings);
    assertThat(layer.getIUpdater()).isEqualTo(new Adam(0.01));
    MultiLayerNetwork model = new MultiLayerNetwork(read);
    try (Network network = new Network(settings)) {
      model.init();
      assertThat(model.numParams()).isEqualTo(network.parameterCount());
    } finally {
      DenoiserLayer.free(model);
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void parametersCoverTheFlatVectorOnceAndHaveTheirOwnNames(NetworkSettings settings) {
    try (Network network = new Network(settings)) {
      long end = 0;
      for (ParameterShape parameter : network.parameters()) {
        assertThat(parameter.offset()).as(parameter.name()).isEqualTo(end);
        end += Arrays.stream(parameter.shape()).reduce(1, Math::multiplyExact);
      }
      assertThat(end).isEqualTo(network.parameterCount());
      assertThat(network.parameters().stream().map(ParameterShape::name)).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void initialParametersHangOnTheSeedOnly(NetworkSettings settings) {
    try (Network first = new Network(settings);
        Network second = new Network(settings)) {
      assertThat(first.initialParameters(1))
          .isEqualTo(second.initialParameters(1))
          .isNotEqualTo(first.initialParameters(2));
      assertThat(first.initialParameters(1)).hasSize((int) first.parameterCount());
    }
  }

  /** The score is sum w |D - x|^2 / d / n, and one step of SGD is its gradient, by hand. */
  @ParameterizedTest
  @MethodSource("networks")
  void aStepFollowsTheGradientOfTheWeightedSquaredError(NetworkSettings settings) {
    int n = 4;
    int d = settings.shape().dimension();
    Draws draws = Draws.of(4, Purpose.NOISE, 0, 0);
    MultiLayerNetwork model =
        new MultiLayerNetwork(DenoiserLayer.configuration(settings, new Sgd(0.1)));
    try (Network network = new Network(settings)) {
      float[] start = network.initialParameters(2);
      for (int i = 0; i < start.length; i++) {
        start[i] = start[i] == 0 ? 0.5f : start[i];
      }
      float[] rows = rows(settings, network, n, 1, draws);
      float[] labels = new float[n * (d + 1)];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = (float) draws.uniform();
      }
      INDArray parameters = Nd4j.createFromArray(start);
      INDArray gradients = Nd4j.createFromArray(start.clone());
      network.bind(parameters, gradients);
      float[] denoised = new float[n * d];
      network.forward(rows, n, denoised);
      float[] errors = new float[n * d];
      double loss = 0;
      for (int i = 0; i < n; i++) {
        double weight = labels[i * (d + 1) + d];
        for (int j = 0; j < d; j++) {
          double error = denoised[i * d + j] - labels[i * (d + 1) + j];
          loss += weight * error * error / d / n;
          errors[i * d + j] = (float) (2 * weight * error / d / n);
        }
      }
      network.backward(errors, n);
      model.init(Nd4j.createFromArray(start), false);
      model.fit(
          new DataSet(
              Nd4j.createFromArray(rows).reshape(n, network.rowLength()),
              Nd4j.createFromArray(labels).reshape(n, d + 1)));
      assertThat(model.score()).isCloseTo(loss, within(1e-5 * loss));
      float[] gradient = gradients.data().asFloat();
      float[] end = model.params().toFloatVector();
      for (int i = 0; i < end.length; i++) {
        double step = 0.1 * gradient[i];
        assertThat((double) end[i])
            .isCloseTo(start[i] - step, within(1e-6 + 1e-4 * Math.abs(step)));
      }
    } finally {
      ((DenoiserLayerRuntime) model.getOutputLayer()).release();
      DenoiserLayer.free(model);
    }
  }

  static float[] rows(NetworkSettings settings, Network network, int n, double scale, Draws draws) {
    float[] rows = new float[n * network.rowLength()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) (settings.dataMean() + scale * draws.gaussian());
    }
    for (int i = 0; i < n; i++) {
      rows[(i + 1) * network.rowLength() - 1] = (float) Math.exp(draws.uniform(-4, 3));
    }
    return rows;
  }

  /**
   * One array of an activation has 1 MiB here: keeping one of them in each step would take 150 MiB.
   */
  @Test
  void trainingTakesNoMoreNativeMemoryFromStepToStep() {
    NetworkSettings settings =
        new NetworkSettings(
            new ImageShape(32, 32, 1),
            Kind.UNET,
            List.of(16, 16),
            1,
            1,
            0,
            0,
            8,
            Input.MEAN,
            1,
            Output.DENOISER,
            0.3,
            0.4,
            List.of());
    int n = 16;
    MultiLayerNetwork model =
        new MultiLayerNetwork(DenoiserLayer.configuration(settings, new Adam(1e-4)));
    try (Network network = new Network(settings)) {
      model.init(Nd4j.createFromArray(network.initialParameters(1)), false);
      float[] rows = rows(settings, network, n, 1, Draws.of(1, Purpose.NOISE, 0, 0));
      try (INDArray features = Nd4j.createFromArray(rows).reshape(n, network.rowLength());
          INDArray labels = Nd4j.ones(n, 32 * 32 + 1)) {
        DataSet batch = new DataSet(features, labels);
        steps(model, batch, 15);
        long before = outsideTheHeap();
        steps(model, batch, 100);
        long grown = outsideTheHeap() - before;
        assertThat(grown).isLessThan(64L << 20);
      }
    } finally {
      ((DenoiserLayerRuntime) model.getOutputLayer()).release();
      DenoiserLayer.free(model);
    }
  }

  private static void steps(MultiLayerNetwork model, DataSet batch, int count) {
    for (int i = 0; i < count; i++) {
      model.fit(batch);
    }
  }

  private static long outsideTheHeap() {
    System.gc();
    return Pointer.physicalBytes() - Runtime.getRuntime().totalMemory();
  }
}
