package tweedie.evaluate.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import tweedie.device.RowProducts;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.HalfSamples;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class SlicedDistancesTest {

  private static final int D = 8;
  private static final int DIRECTIONS = 400;
  private static final double MU = 0.75;

  /** n standard normal rows with {@code mu} added to every coordinate. */
  private static float[] normal(int n, long stream, double mu) {
    Draws draws = Draws.of(1, Purpose.NOISE, stream, 0);
    float[] rows = new float[n * D];
    for (int j = 0; j < rows.length; j++) {
      rows[j] = (float) (mu + draws.gaussian());
    }
    return rows;
  }

  private static SlicedDistances between(float[] a, float[] b, int from, int to) {
    SlicedDistances distances = new SlicedDistances();
    for (int p = from; p < to; p++) {
      float[] direction = Projection.direction(3, p, D);
      distances.add(
          new Projection(RowProducts.of(direction, a, D)),
          new Projection(RowProducts.of(direction, b, D)));
    }
    return distances;
  }

  @Test
  void identicalSetsAreNoDistanceApart() {
    float[] rows = normal(100, 0, 0);
    SlicedDistances none = between(rows, rows, 0, 10);
    assertThat(none.wasserstein()).isEqualTo(new Estimate(0, 0, 0));
    assertThat(none.kolmogorovSmirnov()).isEqualTo(new Estimate(0, 0, 0));
  }

  @Test
  void aShiftedSetIsAsFarAsItsShiftAlongEachDirection() {
    float[] shifted = normal(100, 0, MU);
    SlicedDistances distances = between(normal(100, 0, 0), shifted, 0, DIRECTIONS);
    double expected = 0;
    for (int p = 0; p < DIRECTIONS; p++) {
      double along = 0;
      for (float coordinate : Projection.direction(3, p, D)) {
        along += MU * coordinate;
      }
      expected += along * along / DIRECTIONS;
    }
    assertThat(distances.wasserstein().value()).isCloseTo(Math.sqrt(expected), within(1e-6));
    // |mu|^2 / d in the mean over directions; its relative error is sqrt(2 / directions)
    assertThat(expected).isCloseTo(MU * MU, within(4 * MU * MU * Math.sqrt(2.0 / DIRECTIONS)));
  }

  @Test
  void shiftedGaussiansAreAsFarAsTheirMeans() {
    int n = 2000;
    SlicedDistances distances = between(normal(n, 0, 0), normal(n, 1, MU), 0, DIRECTIONS / 2);
    double squared = distances.wasserstein().value() * distances.wasserstein().value();
    assertThat(squared).isCloseTo(MU * MU, within(0.25 * MU * MU));
    assertThat(distances.wasserstein().halfWidth()).isBetween(0.005, 0.1);
    // the mean is not taken out: centred sets would be a few hundredths apart
    assertThat(distances.wasserstein().low()).isGreaterThan(0.5);
  }

  @Test
  void partsAddUpToTheWhole() {
    float[] a = normal(60, 0, 0);
    float[] b = normal(60, 1, 0.2);
    SlicedDistances parts = between(a, b, 0, 7);
    parts.add(between(a, b, 7, 20));
    SlicedDistances whole = between(a, b, 0, 20);
    assertThat(parts.wasserstein().value()).isCloseTo(whole.wasserstein().value(), within(1e-12));
    assertThat(parts.kolmogorovSmirnov().high())
        .isCloseTo(whole.kolmogorovSmirnov().high(), within(1e-12));
  }

  @Test
  void gapIsTheLargestDifferenceOfTheDistributionFunctions() {
    assertThat(SlicedDistances.gap(new double[] {1, 2, 3}, new double[] {4, 5, 6})).isEqualTo(1);
    assertThat(SlicedDistances.gap(new double[] {1, 2, 3, 4}, new double[] {2, 2, 3, 4}))
        .isEqualTo(0.25);
    assertThat(SlicedDistances.gap(new double[] {0, 0, 9}, new double[] {0, 9}))
        .isCloseTo(1.0 / 6, within(1e-15));
  }

  @Test
  void projectionsAreSortedAndKnowTheirGroups() {
    double[] values = new double[HalfSamples.GROUPS + 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i % 2 == 0 ? 1 : -1) * (i + 0.5);
    }
    Projection projection = new Projection(values);
    assertThat(projection.of(0)).isSorted().hasSize(values.length).contains(values);
    int with = HalfSamples.holds(1, 1) ? 1 : 2;
    assertThat(projection.of(with)).isSorted().contains(values[1], values[HalfSamples.GROUPS + 1]);
    assertThat(projection.of(3 - with)).isSorted().doesNotContain(values[1]);
  }

  @Test
  void directionsHaveLengthOneAndDifferByIndexAndSeed() {
    float[] direction = Projection.direction(3, 5, 100);
    double squares = 0;
    for (float x : direction) {
      squares += x * x;
    }
    assertThat(squares).isCloseTo(1, within(1e-5));
    assertThat(direction)
        .isEqualTo(Projection.direction(3, 5, 100))
        .isNotEqualTo(Projection.direction(3, 6, 100))
        .isNotEqualTo(Projection.direction(4, 5, 100));
  }

  @Test
  void setsOfDifferentSizesAreRefused() {
    assertThatThrownBy(() -> SlicedDistances.squaredWasserstein(new double[3], new double[4]))
        .hasMessage("Two sets of one size are compared, not of 3 and 4 rows");
  }
}
