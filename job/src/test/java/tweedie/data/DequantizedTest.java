package tweedie.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class DequantizedTest {

  private static float[] allLevels() {
    float[] pixels = new float[Dequantized.LEVELS];
    for (int k = 0; k < pixels.length; k++) {
      pixels[k] = k / 255f;
    }
    return pixels;
  }

  @Test
  void everyLevelStaysInItsOwnInterval() {
    for (int image = 0; image < 100; image++) {
      float[] continuous =
          Dequantized.uniformly(allLevels(), Draws.of(1, Purpose.DEQUANTIZATION, image, 0));
      for (int k = 0; k < continuous.length; k++) {
        assertThat((int) Math.floor(256 * continuous[k])).isEqualTo(k);
      }
    }
  }

  @Test
  void theIntervalIsFilledUniformly() {
    double sum = 0;
    double squares = 0;
    int images = 400;
    for (int image = 0; image < images; image++) {
      float[] continuous =
          Dequantized.uniformly(allLevels(), Draws.of(2, Purpose.DEQUANTIZATION, image, 0));
      for (int k = 0; k < continuous.length; k++) {
        double u = 256.0 * continuous[k] - k;
        sum += u;
        squares += u * u;
      }
    }
    int n = images * Dequantized.LEVELS;
    assertThat(sum / n).isCloseTo(0.5, within(5 * Math.sqrt(1.0 / 12 / n)));
    assertThat(squares / n).isCloseTo(1.0 / 3, within(5 * Math.sqrt(4.0 / 45 / n)));
  }
}
