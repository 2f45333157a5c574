package tweedie.evaluate.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import tweedie.evaluate.Estimate;
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

  private static double[] radii(double[] points) {
    double[] radii = new double[points.length];
    for (int i = 0; i < points.length; i++) {
      double[] others = new double[points.length - 1];
      for (int j = 0; j < points.length; j++) {
        if (j != i) {
          others[j < i ? j : j - 1] = squared(points[i], points[j]);
        }
      }
      radii[i] = Neighbours.squaredRadius(others, K);
    }
    return radii;
  }

  private static double squared(double a, double b) {
    return (a - b) * (a - b);
  }

  private static Neighbours of(double[] samples, double[] real, int from, int to) {
    double[] sampleRadii = radii(samples);
    double[] realRadii = radii(real);
    Neighbours neighbours = new Neighbours(samples.length, real.length);
    for (int i = from; i < to; i++) {
      for (int j = 0; j < real.length; j++) {
        neighbours.add(i, j, squared(samples[i], real[j]), sampleRadii[i], realRadii[j]);
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
    Estimate all = Estimate.ofShare(200, 200);
    assertThat(all.value()).isEqualTo(1);
    assertThat(all.high()).isEqualTo(1);
    assertThat(same.precision()).isEqualTo(all);
    assertThat(same.recall()).isEqualTo(all);
    assertThat(same.coverage()).isEqualTo(all);
    // each ball holds its centre and k others
    assertThat(same.density(K).value()).isCloseTo((K + 1.0) / K, within(1e-12));
  }

  @Test
  void setsFarApartHaveNothing() {
    Neighbours far = of(normal(200, 0, 0), normal(200, 1, 100));
    Estimate none = Estimate.ofShare(0, 200);
    assertThat(none.value()).isZero();
    assertThat(none.low()).isZero();
    assertThat(far.precision()).isEqualTo(none);
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
  void theRadiusIsTheDistanceToTheKthNearest() {
    assertThat(Neighbours.squaredRadius(new double[] {9, 1, 4, 16}, 1)).isEqualTo(1);
    assertThat(Neighbours.squaredRadius(new double[] {9, 1, 4, 16}, 3)).isEqualTo(9);
    assertThat(Neighbours.squaredRadius(new double[] {4, 4, 4}, 2)).isEqualTo(4);
  }
}
