package tweedie.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.data.ImageShape;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class ClassNetworkTest {

  private static final int N = 4;
  private static final int CLASSES = 3;
  private static final int[] LABELS = {0, 2, 1, 2};

  private static ClassNetwork.Settings settings(int height, int width, int channels) {
    return new ClassNetwork.Settings(new ImageShape(height, width, channels), CLASSES, 0.4, 0.3);
  }

  private static float[] images(ClassNetwork.Settings settings) {
    Draws draws = Draws.of(2, Purpose.NOISE, 0, 0);
    float[] rows = new float[N * settings.shape().dimension()];
    for (int j = 0; j < rows.length; j++) {
      rows[j] = (float) draws.uniform();
    }
    return rows;
  }

  private static double crossEntropy(
      ClassNetwork.Settings settings, float[] parameters, float[] rows) {
    float[] p = new float[N * CLASSES];
    try (ClassNetwork network = new ClassNetwork(settings, parameters)) {
      network.classify(rows, N, p, new float[N * ClassNetwork.FEATURES]);
    }
    double sum = 0;
    for (int i = 0; i < N; i++) {
      sum -= Math.log(p[i * CLASSES + LABELS[i]]) / N;
    }
    return sum;
  }

  /**
   * Adam's first step from zero moments moves each weight by the rate against the sign of its
   * gradient, so the loss changes by -rate |gradient|_1: a check of the whole gradient.
   */
  @ParameterizedTest
  @CsvSource({"8, 8, 1", "7, 5, 3", "9, 4, 2"})
  void aStepGoesDownhillAsTheGradientSays(int height, int width, int channels) {
    ClassNetwork.Settings settings = settings(height, width, channels);
    float[] rows = images(settings);
    try (ClassNetwork network = new ClassNetwork(settings, 3)) {
      float[] before = network.parameters();
      double loss = network.step(rows, LABELS, N, 1e-4);
      float[] after = network.parameters();
      assertThat(loss).isCloseTo(crossEntropy(settings, before, rows), within(1e-5));
      assertThat(crossEntropy(settings, after, rows)).isLessThan(loss);
      // the sign of single weights against central differences, where these are well above rounding
      Draws draws = Draws.of(4, Purpose.NOISE, height, 0);
      int checked = 0;
      for (int trial = 0; trial < 400 && checked < 25; trial++) {
        int j = draws.below(before.length);
        double slope = slope(settings, before, rows, j);
        if (Math.abs(slope) > 2e-2) {
          assertThat(Math.signum(after[j] - before[j]))
              .as("parameter %d with slope %f", j, slope)
              .isEqualTo((float) -Math.signum(slope));
          checked++;
        }
      }
      assertThat(checked).isGreaterThanOrEqualTo(10);
    }
  }

  private static double slope(
      ClassNetwork.Settings settings, float[] parameters, float[] rows, int j) {
    float step = 5e-3f;
    float[] up = parameters.clone();
    up[j] += step;
    float[] down = parameters.clone();
    down[j] -= step;
    return (crossEntropy(settings, up, rows) - crossEntropy(settings, down, rows)) / (2 * step);
  }

  @Test
  void probabilitiesSumToOne() {
    ClassNetwork.Settings settings = settings(8, 8, 1);
    float[] p = new float[N * CLASSES];
    try (ClassNetwork network = new ClassNetwork(settings, 3)) {
      network.classify(images(settings), N, p, new float[N * ClassNetwork.FEATURES]);
    }
    for (int i = 0; i < N; i++) {
      double sum = 0;
      for (int k = 0; k < CLASSES; k++) {
        sum += p[i * CLASSES + k];
      }
      assertThat(sum).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void otherWeightsAreRefused() {
    assertThatThrownBy(() -> new ClassNetwork(settings(8, 8, 1), new float[5]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(" parameters, not 5");
  }
}
