package tweedie.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OraclesTest {

  @Test
  void mixtureOfOneComponentIsTheGaussian() {
    GaussianMixture gaussian = Mixtures.gaussian(2, 3, 0.5);
    double[] y = {4, 2.5};
    double v = 0.25 + 0.04;

    assertThat(gaussian.logDensity(y, 0.2))
        .isCloseTo(-Math.log(2 * Math.PI * v) - (1 + 0.25) / (2 * v), within(1e-13));
    assertThat(gaussian.posteriorCovarianceTrace(y, 0.2))
        .isCloseTo(2 * 0.25 * 0.04 / v, within(1e-15));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 16, 64})
  void jacobianIsTheDifferenceOfScores(int d) {
    GaussianMixture mixture = Mixtures.overlapping(d);
    double[] y = new double[d];
    Arrays.setAll(y, j -> Math.sin(j));
    double[] jacobian = mixture.marginalScoreJacobian(y, 0.4);
    double h = 1e-5;
    for (int j = 0; j < d; j++) {
      double[] plus = y.clone();
      double[] minus = y.clone();
      plus[j] += h;
      minus[j] -= h;
      double[] up = mixture.marginalScore(plus, 0.4);
      double[] down = mixture.marginalScore(minus, 0.4);
      for (int i = 0; i < d; i++) {
        assertThat(jacobian[i * d + j]).isCloseTo((up[i] - down[i]) / (2 * h), within(1e-8));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 16, 64})
  void posteriorCovarianceIsThatOfTheJacobian(int d) {
    GaussianMixture mixture = Mixtures.overlapping(d);
    double[] y = new double[d];
    Arrays.setAll(y, j -> Math.cos(j));
    double s = 0.4;
    double[] jacobian = mixture.marginalScoreJacobian(y, s);
    double divergence = 0;
    for (int i = 0; i < d; i++) {
      divergence += jacobian[i * d + i];
    }

    assertThat(mixture.posteriorCovarianceTrace(y, s))
        .isCloseTo(d * s * s + Math.pow(s, 4) * divergence, within(1e-12 * d));
  }

  @Test
  void mixtureStaysFiniteFarFromAllComponents() {
    GaussianMixture mixture = Mixtures.overlapping(16);
    double[] y = new double[16];
    Arrays.fill(y, 1e6);
    double[] out = new double[16];
    mixture.denoise(y, new double[] {1e-3}, out);

    assertThat(mixture.logDensity(y, 1e-3)).isFinite().isLessThan(-1e12);
    assertThat(Arrays.stream(out)).allMatch(Double::isFinite);
  }

  @Test
  void everyRowIsDenoisedAtItsOwnNoiseAndInPlace() {
    for (Denoiser denoiser :
        new Denoiser[] {
          Mixtures.overlapping(3), new FiniteData(new double[] {0, 0, 0, 1, 2, 3, -1, 0, 1}, 3)
        }) {
      double[] y = {0.1, 0.5, -0.4, 0.9, 1.5, 2};
      double[] together = new double[6];
      denoiser.denoise(y, new double[] {0.3, 2}, together);
      double[] first = Arrays.copyOf(y, 3);
      denoiser.denoise(first, new double[] {0.3}, first);
      double[] second = Arrays.copyOfRange(y, 3, 6);
      denoiser.denoise(second, new double[] {2}, second);

      assertThat(Arrays.copyOf(together, 3)).containsExactly(first);
      assertThat(Arrays.copyOfRange(together, 3, 6)).containsExactly(second);
      assertThat(first).isNotEqualTo(Arrays.copyOf(y, 3));
    }
  }

  @Test
  void mixtureDrawsItsOwnMoments() {
    GaussianMixture mixture =
        new GaussianMixture(
            new double[] {0.8, 0, 0.2},
            new double[][] {{-4, -4}, {100, 100}, {4, 4}},
            new double[] {1, 1, 0.5});
    int n = 20_000;
    double[] images = mixture.sample(9, Mixtures.ids(n));
    Moments first = new Moments();
    Moments second = new Moments();
    for (int i = 0; i < n; i++) {
      double x = images[2 * i];
      (x < 0 ? first : second).add(x);
    }
    double share = Arrays.stream(images).filter(x -> x < 0).count() / (2.0 * n);

    assertThat(share).isCloseTo(0.8, within(4 * Math.sqrt(0.16 / n)));
    assertThat(first.mean()).isCloseTo(-4, within(4 * first.error()));
    assertThat(first.variance()).isCloseTo(1, within(0.05));
    assertThat(second.mean()).isCloseTo(4, within(4 * second.error()));
    assertThat(second.variance()).isCloseTo(0.25, within(0.02));
  }

  @Test
  void mixtureImagesHangOnTheirNumberOnly() {
    GaussianMixture mixture = Mixtures.overlapping(4);

    assertThat(mixture.sample(9, new long[] {7}))
        .containsExactly(Arrays.copyOfRange(mixture.sample(9, new long[] {3, 7}), 4, 8))
        .isNotEqualTo(mixture.sample(9, new long[] {8}));
  }

  @Test
  void mixtureRefusesWhatIsNoMixture() {
    double[][] two = {{0, 0}, {1, 1}};
    double[] half = {0.5, 0.5};
    double[] ones = {1, 1};
    assertThatThrownBy(() -> new GaussianMixture(new double[] {0.5, 0.6}, two, ones))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The weights of the mixture must sum to 1, not 1.1");
    assertThatThrownBy(() -> new GaussianMixture(new double[] {1.5, -0.5}, two, ones))
        .hasMessage("Weight 1 of the mixture must be at least 0, not -0.5");
    assertThatThrownBy(() -> new GaussianMixture(half, two, new double[] {1, 0}))
        .hasMessage("Std 1 of the mixture must be a positive number, not 0.0");
    assertThatThrownBy(() -> new GaussianMixture(half, new double[][] {{0, 0}, {1}}, ones))
        .hasMessage(
            "Mean 1 of the mixture has 1 dimensions, mean 0 has 2; they must agree and be at least"
                + " 1");
    assertThatThrownBy(() -> new GaussianMixture(half, new double[][] {{0}, {Double.NaN}}, ones))
        .hasMessage("Mean 1 of the mixture must be finite, not [NaN]");
    assertThatThrownBy(() -> new GaussianMixture(half, two, new double[] {1}))
        .hasMessageContaining("not 2 weights, 2 means and 1 stds");
  }

  @Test
  void finiteDataIsTheLimitOfAMixtureOfNarrowComponents() {
    double[][] rows = {{0, 1, 0.5}, {1, 0, 0.2}, {0.4, 0.4, 0.9}};
    GaussianMixture mixture =
        new GaussianMixture(
            new double[] {1.0 / 3, 1.0 / 3, 1.0 / 3}, rows, new double[] {1e-7, 1e-7, 1e-7});
    FiniteData data =
        new FiniteData(Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray(), 3);
    double[] y = {0.5, 0.6, 0.4};
    for (double s : new double[] {0.1, 0.4, 3}) {
      double[] expected = new double[3];
      mixture.denoise(y, new double[] {s}, expected);
      double[] out = new double[3];
      data.denoise(y, new double[] {s}, out);

      assertThat(out).containsExactly(expected, within(1e-10));
    }
  }

  @Test
  void finiteDataReturnsTheNearestRowWhenThereIsLittleNoise() {
    FiniteData data = new FiniteData(new double[] {0, 0, 1, 1}, 2);
    double[] out = new double[2];
    data.denoise(new double[] {0.6, 0.6}, new double[] {1e-6}, out);

    assertThat(out).containsExactly(1, 1);
  }

  @Test
  void finiteDataRefusesBrokenRows() {
    assertThatThrownBy(() -> new FiniteData(new double[5], 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("5 values do not divide into one or more rows of 2");
    assertThatThrownBy(() -> new FiniteData(new double[] {1, Double.NaN}, 2))
        .hasMessage("Every value of the data must be finite");
  }
}
