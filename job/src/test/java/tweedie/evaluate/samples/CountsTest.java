package tweedie.evaluate.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.HalfSamples;
import tweedie.evaluate.samples.ClassHistogram.ChiSquare;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;

/** Classes, modes, nearest rows and intervals on cases that can be done by hand. */
class CountsTest {

  /** Labels of which class k comes so often. */
  private static ClassHistogram of(int... counts) {
    return new ClassHistogram(
        IntStream.range(0, counts.length)
            .flatMap(k -> IntStream.generate(() -> k).limit(counts[k]))
            .toArray(),
        counts.length);
  }

  @Test
  void chiSquareOfKnownSharesIsPearsons() {
    double third = 1.0 / 3;
    ChiSquare test = of(10, 20, 30).chiSquare(new double[] {third, third, third});
    assertThat(test.value()).isCloseTo(10, within(1e-9));
    assertThat(test.pValue()).isCloseTo(Math.exp(-5), within(1e-9)); // two degrees of freedom
  }

  @Test
  void chiSquareOfTwoSamplesIsThatOfTheirTable() {
    // expected 12, 12, 36 and 8, 8, 24 of 60 and 40 images
    ChiSquare test = of(10, 20, 30).chiSquare(of(10, 0, 30));
    double expected = 4 / 12.0 + 64 / 12.0 + 36 / 36.0 + 4 / 8.0 + 64 / 8.0 + 36 / 24.0;
    assertThat(test.value()).isCloseTo(expected, within(1e-9));
    assertThat(test.pValue()).isCloseTo(Math.exp(-expected / 2), within(1e-9));
    assertThat(of(10, 20, 30).chiSquare(of(10, 20, 30)).pValue()).isEqualTo(1);
  }

  @Test
  void aClassThatTheSharesDoNotHaveIsImpossible() {
    ChiSquare test = of(9, 1, 0).chiSquare(new double[] {0.5, 0, 0.5});
    assertThat(test.value()).isInfinite();
    assertThat(test.pValue()).isZero();
    assertThat(of(5, 0, 5).chiSquare(new double[] {0.5, 0, 0.5}).pValue()).isEqualTo(1);
  }

  @Test
  void totalVariationIsHalfTheSumOfDifferences() {
    Estimate known = of(75, 25, 0).totalVariation(new double[] {0.5, 0.25, 0.25});
    assertThat(known.value()).isCloseTo(0.25, within(1e-12));
    assertThat(known.low()).isBetween(0.05, 0.25);
    assertThat(of(75, 25, 0).totalVariation(of(100, 50, 50)).value())
        .isCloseTo(0.25, within(1e-12));
  }

  @Test
  void theIntervalOfAMeanIsThatOfItsStandardError() {
    double[] values = new double[HalfSamples.GROUPS];
    Draws draws = Draws.of(1, Purpose.NOISE, 0, 0);
    Arrays.setAll(values, i -> draws.gaussian());
    double mean = Arrays.stream(values).average().orElseThrow();
    double variance =
        Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum() / (values.length - 1);
    Estimate estimate = HalfSamples.ofMean(values);
    assertThat(estimate.value()).isCloseTo(mean, within(1e-12));
    // 2.093 is the 97.5 % quantile of Student's distribution with 19 degrees of freedom
    assertThat(estimate.halfWidth())
        .isCloseTo(2.093024 * Math.sqrt(variance / values.length), within(1e-6));
  }

  @Test
  void modesAreCountedAndMeasured() {
    GaussianMixture mixture =
        new GaussianMixture(
            new double[] {0.8, 0.2}, new double[][] {{-4, -4}, {4, 4}}, new double[] {1, 0.5});
    double[] drawn = mixture.sample(1, LongStream.range(0, 4000).toArray());
    float[] points = new float[drawn.length];
    for (int j = 0; j < points.length; j++) {
      points[j] = (float) drawn[j];
    }
    Modes modes = new Modes(mixture);
    ClassHistogram seen = new ClassHistogram(modes.of(points), 2);
    assertThat(seen.chiSquare(modes.weights()).pValue()).isGreaterThan(0.001);
    assertThat(seen.shares()[0]).isCloseTo(0.8, within(0.025));
    Estimate ratio = modes.varianceRatio(points);
    assertThat(ratio.value()).isCloseTo(1, within(0.07));
    assertThat(ratio.halfWidth()).isBetween(0.01, 0.07);
    // twice as far from each mean is four times the variance
    for (int j = 0; j < points.length; j++) {
      float mean = modes.of(points)[j / 2] == 0 ? -4 : 4;
      points[j] = mean + 2 * (points[j] - mean);
    }
    assertThat(modes.varianceRatio(points).value()).isCloseTo(4 * ratio.value(), within(0.05));
  }

  @Test
  void theNearestRowDoesNotHangOnTheOrderOfTheData() {
    NearestRows forward = new NearestRows(2);
    forward.add(0, 7, 4);
    forward.add(0, 3, 4);
    forward.add(1, 7, 9);
    NearestRows backward = new NearestRows(2);
    backward.add(0, 3, 4);
    backward.add(1, 2, 25);
    NearestRows later = new NearestRows(2);
    later.add(0, 7, 4);
    later.add(1, 7, 9);
    backward.merge(later);
    for (NearestRows nearest : new NearestRows[] {forward, backward}) {
      assertThat(nearest.id(0)).isEqualTo(3);
      assertThat(nearest.distance(0)).isEqualTo(2);
      assertThat(nearest.id(1)).isEqualTo(7);
      assertThat(nearest.distance(1)).isEqualTo(3);
    }
  }

  @Test
  void copiesOfTheDataAreNearerThanHeldOutRows() {
    int n = 40;
    NearestRows nearest = new NearestRows(2 * n);
    for (int i = 0; i < n; i++) {
      nearest.add(i, i, 0.01 + 0.001 * i);
      nearest.add(n + i, i, 4 + 0.01 * i);
    }
    Estimate ratio = nearest.ratio(0, n, n);
    double expected = nearest.meanDistance(0, n).value() / nearest.meanDistance(n, 2 * n).value();
    assertThat(ratio.value()).isCloseTo(expected, within(1e-12)).isLessThan(0.1);
    assertThat(ratio.high()).isLessThan(0.2);
  }
}
