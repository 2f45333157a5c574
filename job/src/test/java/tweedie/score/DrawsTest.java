package tweedie.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tweedie.score.Draws.Purpose;

class DrawsTest {

  private static final int N = 100_000;

  @Test
  void gaussianHasTheMomentsOfAStandardNormal() {
    Draws draws = Draws.of(1, Purpose.NOISE, 2, 3);
    Moments first = new Moments();
    Moments third = new Moments();
    Moments fourth = new Moments();
    for (int i = 0; i < N; i++) {
      double z = draws.gaussian();
      first.add(z);
      third.add(z * z * z);
      fourth.add(z * z * z * z);
    }

    assertThat(first.mean()).isCloseTo(0, within(4 / Math.sqrt(N)));
    assertThat(first.variance()).isCloseTo(1, within(4 * Math.sqrt(2.0 / N)));
    assertThat(third.mean()).isCloseTo(0, within(4 * Math.sqrt(15.0 / N)));
    assertThat(fourth.mean()).isCloseTo(3, within(4 * Math.sqrt(96.0 / N)));
  }

  @Test
  void firstNumbersOfNeighbouringStreamsAreStandardNormalToo() {
    Moments first = new Moments();
    Moments product = new Moments();
    double before = 0;
    for (int id = 0; id < N; id++) {
      double z = Draws.of(1, Purpose.CHAIN, id, 0).gaussian();
      first.add(z);
      product.add(z * before);
      before = z;
    }

    assertThat(first.mean()).isCloseTo(0, within(4 / Math.sqrt(N)));
    assertThat(first.variance()).isCloseTo(1, within(4 * Math.sqrt(2.0 / N)));
    assertThat(product.mean()).isCloseTo(0, within(4 / Math.sqrt(N)));
  }

  @Test
  void uniformFillsItsInterval() {
    Draws draws = Draws.of(4, Purpose.LEVEL, 0, 0);
    Moments uniform = new Moments();
    for (int i = 0; i < N; i++) {
      double u = draws.uniform(2, 5);
      assertThat(u).isGreaterThanOrEqualTo(2).isLessThan(5);
      uniform.add(u);
    }

    assertThat(uniform.mean()).isCloseTo(3.5, within(4 * Math.sqrt(9.0 / 12 / N)));
    assertThat(uniform.variance()).isCloseTo(9.0 / 12, within(0.01));
  }

  @Test
  void theSameFourNumbersGiveTheSameStream() {
    assertThat(numbers(Draws.of(7, Purpose.NOISE, 8, 9), 100))
        .containsExactly(numbers(Draws.of(7, Purpose.NOISE, 8, 9), 100));
  }

  @Test
  void streamsOfOtherSeedsPurposesIdsAndStepsAreUncorrelated() {
    double[] base = numbers(Draws.of(7, Purpose.NOISE, 8, 9), N);
    for (Draws other :
        new Draws[] {
          Draws.of(8, Purpose.NOISE, 8, 9),
          Draws.of(7, Purpose.CHAIN, 8, 9),
          Draws.of(7, Purpose.ORDER, 8, 9),
          Draws.of(7, Purpose.NOISE, 9, 9),
          Draws.of(7, Purpose.NOISE, 9, 8),
          Draws.of(7, Purpose.NOISE, 8, 10)
        }) {
      Moments product = new Moments();
      for (double z : base) {
        product.add(z * other.gaussian());
      }
      assertThat(product.mean()).isCloseTo(0, within(4 / Math.sqrt(N)));
    }
  }

  @Test
  void everyPermutationIsEquallyLikely() {
    Map<String, Integer> counts = new HashMap<>();
    int trials = 24_000;
    for (int id = 0; id < trials; id++) {
      int[] order = Draws.of(3, Purpose.ORDER, id, 0).permutation(4);
      counts.merge(Arrays.toString(order), 1, Integer::sum);
    }

    double expected = trials / 24.0;
    double chiSquare =
        counts.values().stream().mapToDouble(c -> Math.pow(c - expected, 2) / expected).sum();
    assertThat(counts).hasSize(24);
    assertThat(chiSquare).as("0.999 quantile, 23 degrees of freedom").isLessThan(49.7);
  }

  @Test
  void permutationHoldsEveryNumberOnce() {
    int[] order = Draws.of(3, Purpose.ORDER, 1, 2).permutation(1000);

    int[] sorted = IntStream.range(0, 1000).toArray();
    assertThat(order).isNotEqualTo(sorted).containsExactlyInAnyOrder(sorted);
  }

  private static double[] numbers(Draws draws, int n) {
    double[] numbers = new double[n];
    Arrays.setAll(numbers, i -> draws.gaussian());
    return numbers;
  }
}
