package tweedie.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class HalfSamplesTest {

  @Test
  void everyTwoGroupsAreTogetherEquallyOften() {
    for (int g = 0; g < HalfSamples.GROUPS; g++) {
      for (int h = 0; h < g; h++) {
        int first = g;
        int second = h;
        long together =
            IntStream.range(1, HalfSamples.SUBSETS)
                .filter(s -> HalfSamples.holds(s, first) && HalfSamples.holds(s, second))
                .count();
        assertThat(together).isEqualTo(9);
      }
    }
  }

  @Test
  void everySplitHasTwoHalvesOfTenGroups() {
    for (int split = 0; split < HalfSamples.SPLITS; split++) {
      int first = 2 * split + 1;
      assertThat(HalfSamples.rows(first, HalfSamples.GROUPS)).isEqualTo(10);
      for (int group = 0; group < HalfSamples.GROUPS; group++) {
        assertThat(HalfSamples.holds(first, group))
            .isNotEqualTo(HalfSamples.holds(first + 1, group));
      }
    }
    assertThat(HalfSamples.rows(0, 123)).isEqualTo(123);
  }

  @Test
  void halvesAreLargeEnoughForTheirNeighbours() {
    assertThat(HalfSamples.fewest(1)).isEqualTo(20);
    assertThat(HalfSamples.fewest(10)).isEqualTo(20);
    assertThat(HalfSamples.fewest(11)).isEqualTo(40);
    for (int subset = 1; subset < HalfSamples.SUBSETS; subset++) {
      assertThat(HalfSamples.rows(subset, HalfSamples.fewest(11))).isGreaterThanOrEqualTo(11);
    }
  }

  @Test
  void aShareOfIndependentRowsHasWilsonsInterval() {
    boolean[] hits = new boolean[2000];
    Draws draws = Draws.of(1, Purpose.NOISE, 0, 0);
    for (int row = 0; row < hits.length; row++) {
      hits[row] = draws.uniform() < 0.2;
    }
    double[] rows = IntStream.range(0, hits.length).mapToDouble(i -> hits[i] ? 1 : 0).toArray();
    Estimate share = HalfSamples.ofShare(subset -> mean(rows, subset), rows.length);
    Estimate wilson = Estimate.ofShare((int) Arrays.stream(rows).sum(), rows.length);
    assertThat(share.value()).isEqualTo(wilson.value());
    assertThat(share.halfWidth()).isCloseTo(wilson.halfWidth(), within(0.3 * wilson.halfWidth()));
  }

  @Test
  void aShareOfPairsThatAreAlikeIsWorthHalfAsManyRows() {
    // rows i and i + 20 are of one group and equal
    double[] rows = new double[4000];
    for (int row = 0; row < rows.length; row++) {
      int pair = row / 40 * 20 + row % 20;
      rows[row] = Draws.of(2, Purpose.NOISE, pair, 0).uniform() < 0.3 ? 1 : 0;
    }
    Estimate share = HalfSamples.ofShare(subset -> mean(rows, subset), rows.length);
    Estimate wilson = Estimate.ofShare((int) Arrays.stream(rows).sum(), rows.length / 2);
    assertThat(share.halfWidth()).isCloseTo(wilson.halfWidth(), within(0.3 * wilson.halfWidth()));
  }

  @Test
  void aDistanceStaysAboveZero() {
    Estimate far =
        HalfSamples.ofDistance(subset -> subset == 0 ? 1 : 1 + (subset % 2 == 0 ? 1 : -1));
    assertThat(far.low()).isCloseTo(Math.exp(-2.026192), within(1e-6));
    assertThat(far.high()).isCloseTo(1 + 2.026192, within(1e-6));
    Estimate none = HalfSamples.ofDistance(subset -> 0);
    assertThat(none).isEqualTo(new Estimate(0, 0, 0));
  }

  @Test
  void aMeanOfNumbersThatAreNeverNegativeIsNotBelowZero() {
    double[] rare = new double[100];
    rare[7] = 1;
    assertThat(HalfSamples.ofMean(rare).low()).isZero();
    rare[8] = -1e-3;
    assertThat(HalfSamples.ofMean(rare).low()).isNegative();
  }

  private static double mean(double[] rows, int subset) {
    return IntStream.range(0, rows.length)
        .filter(row -> HalfSamples.holds(subset, HalfSamples.group(row)))
        .mapToDouble(row -> rows[row])
        .average()
        .orElseThrow();
  }
}
