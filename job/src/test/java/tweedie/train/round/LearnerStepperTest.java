package tweedie.train.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import tweedie.data.ImageShape;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.network.engine.torch.TorchLearner;
import tweedie.network.engine.torch.TorchOptions;
import tweedie.score.CopyNoise;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.train.LearningRate;
import tweedie.train.Minibatch;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.Decay;

/** Training on a device, here PyTorch's CPU, against training by DL4J. */
@EnabledOnOs(architectures = "amd64")
class LearnerStepperTest {

  private static final int N = 4;
  private static final int STEPS = 50;
  private static final int BEFORE = 3;
  private static final double DECAY = 0.9;

  private static NetworkSettings network(ImageShape shape, Kind kind, Input input) {
    return new NetworkSettings(
        shape, kind, List.of(4, 8), 1, 1, 16, 2, 8, input, 2, Output.DENOISER, 0.3, 0.4, List.of());
  }

  static Stream<NetworkSettings> networks() {
    return Stream.of(
        network(new ImageShape(8, 12, 2), Kind.UNET, Input.MEAN),
        network(new ImageShape(1, 1, 5), Kind.MLP, Input.STACKED),
        network(new ImageShape(1, 1, 5), Kind.MLP, Input.MEAN).withClasses(3));
  }

  private static Minibatch minibatch(NetworkSettings settings, int number) {
    int d = settings.shape().dimension();
    Draws draws = Draws.of(number, Purpose.NOISE, 0, 0);
    float[] rows = new float[N * settings.rowLength()];
    float[] labels = new float[N * (d + 1)];
    List<CopyNoise> noise = new ArrayList<>();
    for (int i = 0; i < N; i++) {
      double s = Math.pow(10, i - 2);
      for (int j = 0; j < settings.rowLength(); j++) {
        rows[i * settings.rowLength() + j] = (float) (0.3 + Math.hypot(0.4, s) * draws.gaussian());
      }
      rows[i * settings.rowLength() + settings.noiseAt()] = (float) s;
      if (settings.classes() > 0) {
        rows[i * settings.rowLength() + settings.noiseAt() + 1] = i - 1;
      }
      for (int j = 0; j < d; j++) {
        labels[i * (d + 1) + j] = (float) (0.3 + 0.4 * draws.gaussian());
      }
      labels[(i + 1) * (d + 1) - 1] = (float) (1 / (s * s) + 1);
      noise.add(CopyNoise.ofMean(s, 1));
    }
    List<Minibatch.Origin> origins =
        IntStream.range(0, N).mapToObj(i -> new Minibatch.Origin("shard", i)).toList();
    return new Minibatch(N, origins, noise, rows, labels);
  }

  private record Trained(float[] parameters, float[] moments, float[] ema, double[] losses) {}

  private static Trained train(NetworkSettings settings, Stepper stepper) {
    try (stepper) {
      double[] losses = {};
      for (int i = 0; i < STEPS; i++) {
        losses = stepper.step(minibatch(settings, i), DECAY);
        assertThat(stepper.isFinite()).isTrue();
      }
      return new Trained(stepper.parameters(), stepper.moments(), stepper.ema(), losses);
    }
  }

  private static Stepper.Start start(NetworkSettings settings) {
    try (Network network = new Network(settings)) {
      float[] parameters = network.initialParameters(1);
      return new Stepper.Start(
          parameters, new float[2 * parameters.length], parameters.clone(), BEFORE);
    }
  }

  private static Adam adam() {
    LearningRate rate =
        new LearningRate(
            new TrainSettings.Optimizer(0.003, 0, Decay.COSINE, 0.9, 0.999, 1e-8),
            (BEFORE + STEPS) * N,
            BEFORE * N,
            BEFORE,
            N);
    return Adam.builder().learningRateSchedule(rate).epsilon(1e-8).build();
  }

  private static Stepper onDevice(NetworkSettings settings, double clip) {
    return onDevice(settings, clip, 0);
  }

  private static Stepper onDevice(NetworkSettings settings, double clip, double dropout) {
    return new LearnerStepper(
        settings,
        adam(),
        start(settings),
        clip,
        dropout,
        graph -> new TorchLearner(graph, TorchOptions.cpu()));
  }

  private static Stepper byDl4j(NetworkSettings settings, double clip) {
    return new Dl4jStepper(settings, adam(), start(settings), clip, 0);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void stepsWithDropoutAreDl4js(NetworkSettings settings) {
    Trained dl4j = train(settings, new Dl4jStepper(settings, adam(), start(settings), 0, 0.3));
    Trained device = train(settings, onDevice(settings, 0, 0.3));
    assertClose(device.parameters(), dl4j.parameters());
    assertThat(dl4j.losses()).isNotEqualTo(train(settings, byDl4j(settings, 0)).losses());
  }

  @ParameterizedTest
  @MethodSource("steppers")
  void aStepperDenoisesByTheWeightsThatItHasComeTo(
      NetworkSettings settings, BiFunction<NetworkSettings, Double, Stepper> kind) {
    Minibatch batch = minibatch(settings, 0);
    float[] expected = new float[N * settings.shape().dimension()];
    try (Stepper stepper = kind.apply(settings, 0.0);
        Network network = new Network(settings)) {
      stepper.step(batch, DECAY);
      stepper.step(batch, DECAY);
      network.bind(Nd4j.createFromArray(stepper.parameters()), null);
      network.denoise(batch.rows(), N, expected);
      assertClose(stepper.denoise(batch.rows(), N), expected);
    }
  }

  private record First(double norm, float[] parameters, float[] moments) {}

  private static First first(NetworkSettings settings, Stepper stepper) {
    try (stepper) {
      stepper.step(minibatch(settings, 0), DECAY);
      assertThat(stepper.isFinite()).isTrue();
      return new First(stepper.gradientNorm(), stepper.parameters(), stepper.moments());
    }
  }

  static Stream<Arguments> steppers() {
    List<BiFunction<NetworkSettings, Double, Stepper>> kinds =
        List.of(LearnerStepperTest::byDl4j, LearnerStepperTest::onDevice);
    return networks().flatMap(network -> kinds.stream().map(kind -> arguments(network, kind)));
  }

  /** Of a power of two, by which all that follows is scaled without rounding. */
  @ParameterizedTest
  @MethodSource("steppers")
  void aClippedStepIsTheStepOfTheScaledGradient(
      NetworkSettings settings, BiFunction<NetworkSettings, Double, Stepper> stepper) {
    First plain = first(settings, stepper.apply(settings, 0.0));
    First clipped = first(settings, stepper.apply(settings, plain.norm() / 4));
    First within = first(settings, stepper.apply(settings, plain.norm() * 1.01));
    int p = plain.parameters().length;
    double squares = 0;
    for (int i = 0; i < p; i++) {
      assertThat(clipped.moments()[i]).isEqualTo(plain.moments()[i] / 4);
      assertThat(clipped.moments()[p + i])
          .isCloseTo(plain.moments()[p + i] / 16, withinPercentage(1e-4));
      squares += Math.pow(plain.moments()[i] / (1 - 0.9), 2);
    }

    assertThat(plain.norm()).isCloseTo(Math.sqrt(squares), withinPercentage(1e-3));
    assertThat(clipped.norm()).isEqualTo(plain.norm());
    assertThat(clipped.parameters()).isNotEqualTo(start(settings).parameters());
    assertThat(within.parameters()).isEqualTo(plain.parameters());
    assertThat(within.moments()).isEqualTo(plain.moments());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void stepsAreDl4js(NetworkSettings settings) {
    Trained dl4j = train(settings, byDl4j(settings, 0));
    Trained device = train(settings, onDevice(settings, 0));
    assertClose(device.parameters(), dl4j.parameters());
    assertClose(device.ema(), dl4j.ema());
    assertClose(device.moments(), dl4j.moments());
    assertThat(device.parameters()).isNotEqualTo(start(settings).parameters());
    assertThat(IntStream.range(0, N).mapToDouble(i -> device.losses()[i] / dl4j.losses()[i]))
        .allSatisfy(ratio -> assertThat(ratio).isCloseTo(1, within(1e-3)));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void stepsThatAreRepeatedGiveTheSameBits(NetworkSettings settings) {
    Trained first = train(settings, onDevice(settings, 0));
    Trained again = train(settings, onDevice(settings, 0));
    assertThat(again.parameters()).isEqualTo(first.parameters());
    assertThat(again.moments()).isEqualTo(first.moments());
    assertThat(again.ema()).isEqualTo(first.ema());
    assertThat(again.losses()).isEqualTo(first.losses());
  }

  private static void assertClose(float[] numbers, float[] expected) {
    float largest = 0;
    for (float number : expected) {
      largest = Math.max(largest, Math.abs(number));
    }
    assertThat(numbers).containsExactly(expected, within(1e-3f * largest));
  }
}
