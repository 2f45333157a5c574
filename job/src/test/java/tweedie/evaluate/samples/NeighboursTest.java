package tweedie.evaluate.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.HalfSamples;
import tweedie.evaluate.samples.Neighbours.Balls;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class NeighboursTest {

  private static final int K = 3;

  private static double[] normal(int n, long stream, double mu) {
    Draws draws = Draws.of(1, Purpose.NOISE, stream, 0);
    double[] points = new double[n];
    for (int i = 0; i < n; i++) {
      points[i] = mu + draws.gaussian();
    }
    return points;
  }

  private static Balls[] balls(double[] points) {
    return IntStream.range(0, points.length)
        .mapToObj(i -> Balls.of(i, squared(points, points[i]), K))
        .toArray(Balls[]::new);
  }

  private static double[] squared(double[] points, double from) {
    return Arrays.stream(points).map(point -> squared(point, from)).toArray();
  }

  private static double squared(double a, double b) {
    return (a - b) * (a - b);
  }

  private static Neighbours of(double[] samples, double[] real, int from, int to) {
    Balls[] ofSamples = balls(samples);
    Balls[] ofReal = balls(real);
    Neighbours neighbours = new Neighbours(samples.length, real.length);
    for (int i = from; i < to; i++) {
      for (int j = 0; j < real.length; j++) {
        neighbours.add(i, j, squared(samples[i], real[j]), ofSamples[i], ofReal[j]);
      }
    }
    return neighbours;
  }

  private static Neighbours of(double[] samples, double[] real) {
    return of(samples, real, 0, samples.length);
  }

  @Test
  void identicalSetsHaveAllOfEverything() {
    double[] points = normal(200, 0, 0);
    Neighbours same = of(points, points);
    Estimate all = same.precision();
    assertThat(all.value()).isEqualTo(1);
    assertThat(all.high()).isEqualTo(1);
    assertThat(all.low()).isBetween(0.97, 0.99);
    assertThat(same.recall()).isEqualTo(all);
    assertThat(same.coverage()).isEqualTo(all);
    // each ball holds its centre and k others
    assertThat(same.density(K).value()).isCloseTo((K + 1.0) / K, within(1e-12));
  }

  @Test
  void setsFarApartHaveNothing() {
    Neighbours far = of(normal(200, 0, 0), normal(200, 1, 100));
    Estimate none = far.precision();
    assertThat(none.value()).isZero();
    assertThat(none.low()).isZero();
    assertThat(none.high()).isBetween(0.01, 0.03);
    assertThat(far.recall()).isEqualTo(none);
    assertThat(far.density(K)).isEqualTo(new Estimate(0, 0, 0));
    assertThat(far.coverage()).isEqualTo(none);
  }

  @Test
  void densityIsOneForEqualDistributions() {
    Estimate density = of(normal(1000, 0, 0), normal(1000, 1, 0)).density(K);
    assertThat(density.value()).isCloseTo(1, within(0.1));
    assertThat(density.halfWidth()).isBetween(0.005, 0.15);
  }

  @Test
  void aCollapsedSamplerIsPreciseButCoversLittle() {
    double[] collapsed = normal(300, 0, 0);
    for (int i = 0; i < collapsed.length; i++) {
      collapsed[i] *= 0.05;
    }
    Neighbours neighbours = of(collapsed, normal(300, 1, 0));
    assertThat(neighbours.precision().value()).isGreaterThan(0.9);
    assertThat(neighbours.recall().value()).isLessThan(0.2);
    assertThat(neighbours.coverage().value()).isLessThan(0.3);
  }

  @Test
  void partsAddUpToTheWhole() {
    double[] samples = normal(50, 0, 0);
    double[] real = normal(40, 1, 0.5);
    Neighbours parts = of(samples, real, 0, 20);
    parts.add(of(samples, real, 20, 50));
    Neighbours whole = of(samples, real);
    assertThat(parts.precision()).isEqualTo(whole.precision());
    assertThat(parts.recall()).isEqualTo(whole.recall());
    assertThat(parts.density(K)).isEqualTo(whole.density(K));
    assertThat(parts.coverage()).isEqualTo(whole.coverage());
  }

  @Test
  void theBallReachesToTheKthNearestOther() {
    assertThat(radius(new double[] {9, 1, 4, 16}, 1)).isEqualTo(1);
    assertThat(radius(new double[] {9, 1, 4, 16}, 3)).isEqualTo(9);
    assertThat(radius(new double[] {4, 4, 4}, 2)).isEqualTo(4);
  }

  /** Of row 0, whose distance to itself stands first. */
  private static double radius(double[] others, int k) {
    double[] all = new double[1 + others.length];
    System.arraycopy(others, 0, all, 1, others.length);
    return Balls.of(0, all, k).squaredRadii()[0];
  }

  @Test
  void eachHalfIsCountedAsIfItWereAlone() {
    double[] samples = normal(200, 0, 0);
    double[] real = normal(200, 1, 0.3);
    Neighbours all = of(samples, real);
    double squares = 0;
    for (int split = 0; split < HalfSamples.SPLITS; split++) {
      double[] density = new double[2];
      for (int side = 0; side < 2; side++) {
        int subset = 1 + 2 * split + side;
        density[side] = of(half(samples, subset), half(real, subset)).density(K).value();
      }
      squares += Math.pow(density[0] - density[1], 2) / 4 / HalfSamples.SPLITS;
    }
    // 2.093 is the 97.5 % quantile of Student's distribution with 19 degrees of freedom
    assertThat(all.density(K).halfWidth()).isCloseTo(2.093024 * Math.sqrt(squares), within(1e-6));
  }

  private static double[] half(double[] rows, int subset) {
    return IntStream.range(0, rows.length)
        .filter(row -> HalfSamples.holds(subset, HalfSamples.group(row)))
        .mapToDouble(row -> rows[row])
        .toArray();
  }
}
