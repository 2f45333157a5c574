package tweedie.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoiseLevelsTest {

  @ParameterizedTest
  @CsvSource({
    "784, 9.845, 0.01, 88",
    "784, 17, 0.01, 95",
    "784, 50, 0.01, 109",
    "3072, 50, 0.01, 219"
  })
  void countFollowsTechniqueTwo(int dimension, double max, double min, int levels) {
    assertThat(NoiseLevels.count(max, min, dimension)).isEqualTo(levels);
  }

  @Test
  void ratioFollowsTechniqueTwo() {
    assertThat(NoiseLevels.ratio(784)).isCloseTo(1.082, within(5e-4));
    assertThat(NoiseLevels.ratio(3072)).isCloseTo(1.0398, within(5e-5));
  }

  @ParameterizedTest
  @ValueSource(ints = {600, 784, 3072})
  void atTheRatioHalfOfALevelIsCovered(int dimension) {
    double g = NoiseLevels.ratio(dimension);
    double shift = Math.sqrt(2.0 * dimension) * (g - 1);
    double covered = new NormalDistribution().probability(shift - 3 * g, shift + 3 * g);

    assertThat(g).isLessThan(NoiseLevels.LARGEST_RATIO);
    assertThat(covered).isCloseTo(0.5, within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 17, 64, 144})
  void inFewDimensionsLevelsAreNotFurtherApartThanTheLargestRatio(int dimension) {
    assertThat(NoiseLevels.ratio(dimension)).isEqualTo(NoiseLevels.LARGEST_RATIO);
    assertThat(NoiseLevels.count(8, 1, dimension)).isEqualTo(23);
  }

  @Test
  void geometricLevelsHaveOneRatioAndExactEnds() {
    NoiseLevels levels = NoiseLevels.geometric(10, 0.01, 31);

    assertThat(levels.at(0)).isEqualTo(10);
    assertThat(levels.at(30)).isEqualTo(0.01);
    for (int i = 1; i < 31; i++) {
      assertThat(levels.at(i - 1) / levels.at(i)).isCloseTo(Math.pow(10, 0.1), within(1e-12));
    }
    assertThat(levels.largestRatio()).isCloseTo(Math.pow(10, 0.1), within(1e-12));
  }

  @Test
  void karrasLevelsAreThoseOfThePaper() {
    NoiseLevels levels = NoiseLevels.karras(80, 0.002, 18, 7);

    assertThat(levels.count()).isEqualTo(18);
    assertThat(levels.at(0)).isEqualTo(80);
    assertThat(levels.at(1)).isCloseTo(57.586, within(1e-3));
    assertThat(levels.at(17)).isEqualTo(0.002);
  }

  @Test
  void oneLevelIsTheLargest() {
    assertThat(NoiseLevels.geometric(3, 0.1, 1)).isEqualTo(new NoiseLevels(List.of(3.0)));
    assertThat(NoiseLevels.geometric(3, 0.1, 1).largestRatio()).isEqualTo(1);
  }

  @Test
  void levelsThatDoNotFallAreRefused() {
    assertThatThrownBy(() -> new NoiseLevels(List.of(1.0, 1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Noise levels must be positive numbers, each smaller than the one before, but level 1"
                + " of [1.0, 1.0] is not");
    assertThatThrownBy(() -> NoiseLevels.geometric(1, -1, 3)).hasMessageContaining("level 1 of");
    assertThatThrownBy(() -> NoiseLevels.geometric(1, 0.1, 0))
        .hasMessage("There must be at least one noise level");
    assertThatThrownBy(() -> NoiseLevels.count(0.1, 1, 784))
        .hasMessage(
            "Noise levels must go from a larger to a smaller positive number, not from 0.1 to 1.0");
    assertThatThrownBy(() -> NoiseLevels.ratio(0))
        .hasMessage("Images must have at least one pixel, not 0");
  }
}
