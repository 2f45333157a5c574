package tweedie.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tweedie.data.ImageShape;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.score.Copies;
import tweedie.score.CopyNoise;
import tweedie.score.Denoiser;
import tweedie.score.DifferentiableDenoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class NetworkDenoiserTest {

  private static final double[] LEVELS = {0.01, 0.3, 2, 25};

  static Stream<NetworkSettings> networks() {
    return Stream.of(Output.values())
        .flatMap(
            output ->
                Stream.of(
                    NetworkTest.unet(Input.MEAN, 3, output),
                    NetworkTest.unet(Input.STACKED, 3, output),
                    NetworkTest.mlp(Input.MEAN, 4, output),
                    NetworkTest.mlp(Input.STACKED, 2, output)));
  }

  /** Initial weights with every gain that starts at 0 set to this. */
  private static float[] weights(NetworkSettings settings, float gain) {
    try (Network network = new Network(settings)) {
      float[] values = network.initialParameters(3);
      for (int i = 0; i < values.length; i++) {
        values[i] = values[i] == 0 ? gain : values[i];
      }
      return values;
    }
  }

  /**
   * The products of two vectors with the Jacobian against central differences of the denoiser, at
   * two noises in one batch. Stacked copies keep their spread, or there would be no derivative.
   */
  @ParameterizedTest
  @MethodSource("networks")
  void productsWithTheJacobianAreDerivativesOfTheDenoiser(NetworkSettings settings) {
    int d = settings.shape().dimension();
    double[] s = {0.2, 1.5};
    double[] y = images(settings, s.length, 0.5);
    Draws draws = Draws.of(5, Purpose.NOISE, 1, 0);
    double[][] vectors = new double[2][y.length];
    for (double[] vector : vectors) {
      Arrays.setAll(vector, j -> draws.gaussian());
    }
    double[] direction = new double[y.length];
    Arrays.setAll(direction, j -> draws.gaussian());
    try (NetworkDenoiser network = new NetworkDenoiser(settings, weights(settings, 0.7f))) {
      DifferentiableDenoiser denoiser = network.fixedFor(2, new long[] {4, 9});
      double[] out = new double[y.length];
      double[][] products = new double[2][y.length];
      denoiser.denoise(y, s, out, vectors, products);
      double[] plain = new double[y.length];
      denoiser.denoise(y, s, plain);
      assertThat(out).isEqualTo(plain);
      double[] difference = richardson(denoiser, y, s, direction, 0.05);
      for (int v = 0; v < vectors.length; v++) {
        for (int i = 0; i < s.length; i++) {
          double expected = dot(vectors[v], difference, i * d, d);
          double size = Math.sqrt(dot(difference, difference, i * d, d) * d);
          assertThat(dot(products[v], direction, i * d, d))
              .isCloseTo(expected, within(2e-3 * size));
        }
      }
    }
  }

  /** The derivative of D along a direction. */
  private static double[] richardson(
      Denoiser denoiser, double[] y, double[] s, double[] direction, double step) {
    double[] wide = central(denoiser, y, s, direction, step);
    double[] narrow = central(denoiser, y, s, direction, step / 2);
    Arrays.setAll(narrow, j -> (4 * narrow[j] - wide[j]) / 3);
    return narrow;
  }

  private static double[] central(
      Denoiser denoiser, double[] y, double[] s, double[] direction, double step) {
    double[] plus = new double[y.length];
    double[] minus = new double[y.length];
    double[] moved = new double[y.length];
    Arrays.setAll(moved, j -> y[j] + step * direction[j]);
    denoiser.denoise(moved, s, plus);
    Arrays.setAll(moved, j -> y[j] - step * direction[j]);
    denoiser.denoise(moved, s, minus);
    Arrays.setAll(plus, j -> (plus[j] - minus[j]) / (2 * step));
    return plus;
  }

  private static double dot(double[] a, double[] b, int from, int count) {
    double sum = 0;
    for (int j = from; j < from + count; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  private static double[] images(NetworkSettings settings, int n, double scale) {
    Draws draws = Draws.of(6, Purpose.NOISE, 0, 0);
    double[] y = new double[n * settings.shape().dimension()];
    for (int i = 0; i < y.length; i++) {
      y[i] = settings.dataMean() + scale * draws.gaussian();
    }
    return y;
  }

  private static double[] denoise(Denoiser denoiser, double[] y, double[] s) {
    double[] out = new double[y.length];
    denoiser.denoise(y, s, out);
    return out;
  }

  @ParameterizedTest
  @MethodSource("networks")
  void isTheNetworkOnTheMeanOrOnCopiesAroundIt(NetworkSettings settings) {
    int d = settings.shape().dimension();
    int n = LEVELS.length;
    double[] y = images(settings, n, 1);
    float[] weights = weights(settings, 0.7f);
    long[] chains = {40, 41, 7, 2};
    float[] expected = new float[n * d];
    try (Network network = new Network(settings);
        INDArray parameters = Nd4j.createFromArray(weights)) {
      network.bind(parameters, null);
      float[] rows = new float[n * network.rowLength()];
      for (int i = 0; i < n; i++) {
        double[] seen = Arrays.copyOfRange(y, i * d, (i + 1) * d);
        if (settings.input() == Input.STACKED) {
          seen =
              Copies.around(
                  seen,
                  CopyNoise.ofMean(LEVELS[i], settings.copies()),
                  Draws.of(8, Purpose.SPREAD, chains[i], 0));
        }
        for (int j = 0; j < seen.length; j++) {
          rows[i * network.rowLength() + j] = (float) seen[j];
        }
        rows[(i + 1) * network.rowLength() - 1] = (float) LEVELS[i];
      }
      network.denoise(rows, n, expected);
    }
    try (NetworkDenoiser denoiser = new NetworkDenoiser(settings, weights)) {
      assertThat(denoiser.dimension()).isEqualTo(d);
      double[] actual = denoise(denoiser.forChains(8, chains), y, LEVELS);
      for (int i = 0; i < actual.length; i++) {
        assertThat((float) actual[i]).isEqualTo(expected[i]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void copiesOfOneImageAreSeenThemselvesOrByTheirMean(NetworkSettings settings) {
    int d = settings.shape().dimension();
    float[] weights = weights(settings, 0.7f);
    CopyNoise asTrained = new CopyNoise(0.8, settings.images());
    CopyNoise others = new CopyNoise(0.8, 5);
    double[] copies = images(settings, 5, 1);
    double[] seen = Arrays.copyOf(copies, asTrained.copies() * d);
    float[] expected = new float[d];
    try (Network network = new Network(settings);
        INDArray parameters = Nd4j.createFromArray(weights)) {
      network.bind(parameters, null);
      float[] row = new float[network.rowLength()];
      for (int j = 0; j < seen.length; j++) {
        row[j] = (float) seen[j];
      }
      row[seen.length] = (float) asTrained.s();
      network.denoise(row, 1, expected);
    }
    try (NetworkDenoiser denoiser = new NetworkDenoiser(settings, weights);
        NetworkDenoiser again = new NetworkDenoiser(settings, weights)) {
      double[] ofTheMean = denoise(denoiser, Copies.mean(copies, 5), new double[] {others.s()});
      assertThat(again.denoise(copies, others)).containsExactly(ofTheMean);
      double[] actual = again.denoise(seen, asTrained);
      for (int j = 0; j < d; j++) {
        assertThat((float) actual[j]).isEqualTo(expected[j]);
      }
    }
  }

  /**
   * D = mean + cSkip (ybar - mean) while the output gain is 0; the copies have exactly that mean.
   */
  @ParameterizedTest
  @MethodSource("networks")
  void anUntrainedNetworkReturnsTheSkip(NetworkSettings settings) {
    int d = settings.shape().dimension();
    double[] y = images(settings, LEVELS.length, 1);
    try (NetworkDenoiser denoiser = new NetworkDenoiser(settings, weights(settings, 0))) {
      double[] actual = denoise(denoiser, y, LEVELS);
      for (int i = 0; i < actual.length; i++) {
        double s = LEVELS[i / d];
        double cSkip = settings.output() == Output.SCORE ? 1 : 0.16 / (s * s + 0.16);
        double spread = settings.input() == Input.STACKED ? cSkip * s : 0;
        assertThat(actual[i])
            .isCloseTo(
                0.3 + cSkip * (y[i] - 0.3), within(3e-7 * (1 + Math.abs(y[i])) + 1e-6 * spread));
      }
    }
  }

  /** Karras et al. 2022, table 1, by hand for sd = 0.4. */
  @ParameterizedTest
  @CsvSource({
    "DENOISER, 0.4, 0.5, 0.2828427124746190, 1.7677669529663689, -0.2290726829685388",
    "DENOISER, 0.3, 0.64, 0.24, 2, -0.3009932010814840",
    "DENOISER, 3, 0.0174672489082969, 0.3964911602730539, 0.3304093002275449, 0.2746530721670274",
    "SCORE, 0.3, 1, 0.3, 2, -0.3009932010814840",
    "SCORE, 3, 1, 3, 0.3304093002275449, 0.2746530721670274"
  })
  void thePreconditioningIsThatOfTheTable(
      Output output, double s, double cSkip, double cOut, double cIn, double cNoise) {
    Preconditioning c = Preconditioning.at(NetworkTest.mlp(Input.MEAN, 9, output), s);
    assertThat(c.cSkip()).isCloseTo(cSkip, within(1e-12));
    assertThat(c.cOut()).isCloseTo(cOut, within(1e-12));
    assertThat(c.cIn()).isCloseTo(cIn, within(1e-12));
    assertThat(c.cNoise()).isCloseTo(cNoise, within(1e-12));
    double sigma = 3 * s;
    Preconditioning stacked = Preconditioning.at(NetworkTest.mlp(Input.STACKED, 9, output), s);
    assertThat(stacked.cIn()).isCloseTo(1 / Math.hypot(0.4, sigma), within(1e-12));
    assertThat(stacked.cSkip()).isCloseTo(cSkip, within(1e-12));
    assertThat(stacked.cOut()).isCloseTo(cOut, within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aChainDoesNotDependOnItsNeighboursInTheBatch(NetworkSettings settings) {
    int d = settings.shape().dimension();
    double[] y = images(settings, 4, 1);
    double[] s = {0.3, 0.3, 2, 0.05};
    try (NetworkDenoiser network = new NetworkDenoiser(settings, weights(settings, 0.7f))) {
      Denoiser together = network.forChains(5, new long[] {10, 11, 12, 13});
      Denoiser alone = network.forChains(5, new long[] {12});
      double largest = 0;
      for (int call = 0; call < 3; call++) {
        double[] all = denoise(together, y, s);
        double[] one = denoise(alone, Arrays.copyOfRange(y, 2 * d, 3 * d), new double[] {s[2]});
        for (int j = 0; j < d; j++) {
          largest = Math.max(largest, Math.abs(all[2 * d + j] - one[j]));
        }
      }
      assertThat(largest).isLessThan(1e-5);
    }
  }

  @Test
  void theSpreadOfStackedCopiesHangsOnSeedChainAndCall() {
    NetworkSettings settings = NetworkTest.mlp(Input.STACKED, 2, Output.DENOISER);
    double[] y = images(settings, 1, 1);
    double[] s = {0.5};
    try (NetworkDenoiser network = new NetworkDenoiser(settings, weights(settings, 0.7f))) {
      Denoiser chain = network.forChains(5, new long[] {10});
      double[] first = denoise(chain, y, s);
      double[] second = denoise(chain, y, s);
      assertThat(second).isNotEqualTo(first);
      Denoiser again = network.forChains(5, new long[] {10});
      assertThat(denoise(again, y, s)).isEqualTo(first);
      assertThat(denoise(again, y, s)).isEqualTo(second);
      assertThat(denoise(network.forChains(5, new long[] {11}), y, s)).isNotEqualTo(first);
      assertThat(denoise(network.forChains(6, new long[] {10}), y, s)).isNotEqualTo(first);
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void mayWriteItsAnswerOverItsInput(NetworkSettings settings) {
    double[] y = images(settings, LEVELS.length, 1);
    try (NetworkDenoiser network = new NetworkDenoiser(settings, weights(settings, 0.7f))) {
      long[] chains = {0, 1, 2, 3};
      double[] expected = denoise(network.forChains(1, chains), y, LEVELS);
      network.forChains(1, chains).denoise(y, LEVELS, y);
      assertThat(y).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void extremeInputsHaveFiniteAnswers(NetworkSettings settings) {
    for (float gain : new float[] {0, 1}) {
      try (NetworkDenoiser network = new NetworkDenoiser(settings, weights(settings, gain))) {
        for (double scale : new double[] {0, 200, 1e6}) {
          double[] y = images(settings, LEVELS.length, scale);
          assertThat(Arrays.stream(denoise(network, y, LEVELS)))
              .as("inputs of size %s", scale)
              .allMatch(Double::isFinite);
        }
      }
    }
  }

  @Test
  void weightsOfAnotherNetworkAreRefused() {
    NetworkSettings settings = NetworkTest.mlp(Input.MEAN, 1, Output.DENOISER);
    int count = weights(settings, 0).length;
    assertThatThrownBy(() -> new NetworkDenoiser(settings, new float[count - 1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The network has %d parameters, not %d".formatted(count, count - 1));
  }

  /** F has targets of unit variance: an output of that size is where training should start. */
  @ParameterizedTest
  @CsvSource({"32, 64, 128", "16, 32, 0", "64, 128, 256"})
  void theRawNetworkStartsAtUnitMagnitude(int first, int second, int third) {
    List<Integer> channels = third == 0 ? List.of(first, second) : List.of(first, second, third);
    NetworkSettings settings =
        new NetworkSettings(
            new ImageShape(28, 28, 1),
            Kind.UNET,
            channels,
            channels.size() - 1,
            1,
            0,
            0,
            64,
            Input.MEAN,
            1,
            Output.SCORE,
            0.3,
            0.4,
            List.of());
    for (float noiseGain : new float[] {0, 1}) {
      float[] weights = weights(settings, noiseGain);
      weights[weights.length - 1] = 1;
      for (double s : new double[] {0.05, 1, 10}) {
        double[] y = images(settings, 2, Math.hypot(0.4, s));
        try (NetworkDenoiser network = new NetworkDenoiser(settings, weights)) {
          double[] out = denoise(network, y, new double[] {s, s});
          double sum = 0;
          for (int i = 0; i < out.length; i++) {
            double f = (out[i] - y[i]) / s;
            sum += f * f / out.length;
          }
          double magnitude = Math.sqrt(sum);
          assertThat(magnitude).isBetween(0.3, 3.0);
        }
      }
    }
  }

  @Test
  void aClassThatIsToldChangesItsRowAlone() {
    NetworkSettings settings = NetworkTest.mlp(Input.MEAN, 1, Output.DENOISER).withClasses(3);
    double[] y = images(settings, 3, 1);
    double[] s = {0.5, 0.5, 0.5};
    try (NetworkDenoiser network = new NetworkDenoiser(settings, weights(settings, 1))) {
      double[] untold = denoise(network, y, s);
      double[] told = denoise(network.ofClasses(new int[] {-1, 2, 0}), y, s);
      int d = network.dimension();

      assertThat(Arrays.copyOf(told, d)).containsExactly(Arrays.copyOf(untold, d));
      assertThat(Arrays.copyOfRange(told, d, 2 * d))
          .isNotEqualTo(Arrays.copyOfRange(untold, d, 2 * d));
      assertThat(denoise(network.forChains(1, new long[3]).ofClasses(new int[] {-1, 2, 0}), y, s))
          .containsExactly(told);
      assertThat(network.classes()).isEqualTo(3);
      assertThatThrownBy(() -> network.ofClasses(new int[] {3}))
          .hasMessage("The network knows 3 classes, and 3 is none of them");
    }
  }
}
