package tweedie.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.score.Draws.Purpose;

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

  static Stream<GaussianMixture> mixtures() {
    return Stream.of(2, 16, 64)
        .flatMap(d -> Stream.of(Mixtures.overlapping(d), Mixtures.tilted(d)));
  }

  @Test
  void fullCovariancesOfOneNumberAreTheIsotropicMixture() {
    int d = 5;
    GaussianMixture isotropic = Mixtures.overlapping(d);
    GaussianMixture full =
        GaussianMixture.ofCovariances(
            IntStream.range(0, 3).mapToDouble(isotropic::weight).toArray(),
            IntStream.range(0, 3).mapToObj(isotropic::mean).toArray(double[][]::new),
            IntStream.range(0, 3)
                .mapToObj(k -> Mixtures.scaledIdentity(d, Math.pow(isotropic.std(k), 2)))
                .toArray(double[][][]::new));
    double[] y = {0.3, -1, 0.2, 2, 0};
    for (double s : new double[] {0.05, 0.7, 9}) {
      assertThat(full.logDensity(y, s)).isCloseTo(isotropic.logDensity(y, s), within(1e-12));
      assertThat(full.marginalScore(y, s))
          .containsExactly(isotropic.marginalScore(y, s), within(1e-11));
      assertThat(full.posteriorCovariance(y, s))
          .containsExactly(isotropic.posteriorCovariance(y, s), within(1e-12));
    }
    assertThat(full.std(1)).isCloseTo(isotropic.std(1), within(1e-14));
    assertThat(full.totalVariance()).isCloseTo(isotropic.totalVariance(), within(1e-13));
  }

  @Test
  void aFullCovarianceIsThatOfTheFormula() {
    // inverse and determinant of [[2, 0.6], [0.6, 1]] + 0.25 I by hand
    GaussianMixture gaussian =
        GaussianMixture.ofCovariances(
            new double[] {1}, new double[][] {{1, -1}}, new double[][][] {{{2, 0.6}, {0.6, 1}}});
    double determinant = 2.25 * 1.25 - 0.36;
    double[] y = {2, 0.5};
    double[] apart = {1, 1.5};
    double[] pull = {
      -(1.25 * apart[0] - 0.6 * apart[1]) / determinant,
      -(-0.6 * apart[0] + 2.25 * apart[1]) / determinant
    };

    assertThat(gaussian.marginalScore(y, 0.5)).containsExactly(pull, within(1e-14));
    assertThat(gaussian.logDensity(y, 0.5))
        .isCloseTo(
            -Math.log(2 * Math.PI)
                - Math.log(determinant) / 2
                + (apart[0] * pull[0] + apart[1] * pull[1]) / 2,
            within(1e-14));
    assertThat(gaussian.squaredRadius(0, new double[] {1 + Math.sqrt(2), -1 + 0.6 / Math.sqrt(2)}))
        .isCloseTo(1, within(1e-13));
  }

  @ParameterizedTest
  @MethodSource("mixtures")
  void jacobianIsTheDifferenceOfScores(GaussianMixture mixture) {
    int d = mixture.dimension();
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
  @MethodSource("mixtures")
  void posteriorCovarianceDenoiserAndScoreHaveOneJacobian(GaussianMixture mixture) {
    int d = mixture.dimension();
    double[] y = new double[d];
    double[] v = new double[d];
    Arrays.setAll(y, j -> Math.cos(j));
    Arrays.setAll(v, j -> Math.sin(3 * j + 1));
    double s = 0.4;
    double[] jacobian = mixture.marginalScoreJacobian(y, s);
    double[] covariance = mixture.posteriorCovariance(y, s);
    double[] product = v.clone();
    mixture.jacobianTimes(y, new double[] {s}, product, product);
    double divergence = 0;
    double trace = 0;
    for (int i = 0; i < d; i++) {
      divergence += jacobian[i * d + i];
      trace += covariance[i * d + i];
      double covarianceTimes = 0;
      for (int j = 0; j < d; j++) {
        double identity = i == j ? 1 : 0;
        assertThat(covariance[i * d + j])
            .isCloseTo(s * s * (identity + s * s * jacobian[i * d + j]), within(1e-13));
        assertThat(covariance[i * d + j]).isCloseTo(covariance[j * d + i], within(1e-14));
        covarianceTimes += covariance[i * d + j] * v[j];
      }
      assertThat(product[i]).isCloseTo(covarianceTimes / (s * s), within(1e-12));
      assertThat(mixture.marginalScoreJacobianTimes(y, s, v)[i])
          .isCloseTo((product[i] - v[i]) / (s * s), within(1e-11));
    }

    assertThat(mixture.marginalScoreDivergence(y, s)).isCloseTo(divergence, within(1e-11 * d));
    assertThat(mixture.posteriorCovarianceTrace(y, s))
        .isCloseTo(trace, within(1e-13 * d))
        .isCloseTo(d * s * s + Math.pow(s, 4) * divergence, within(1e-12 * d));
  }

  @Test
  void everyRowHasItsOwnJacobian() {
    GaussianMixture mixture = Mixtures.tilted(2);
    double[] y = {0.1, 0.5, -0.4, 0.9};
    double[] v = {1, 2, -3, 0.5};
    double[] together = new double[4];
    mixture.jacobianTimes(y, new double[] {0.3, 2}, v, together);
    double[] second = new double[2];
    mixture.jacobianTimes(
        new double[] {-0.4, 0.9}, new double[] {2}, new double[] {-3, 0.5}, second);

    assertThat(Arrays.copyOfRange(together, 2, 4)).containsExactly(second);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 16})
  void fullCovariancesAreDrawn(int d) {
    GaussianMixture mixture = Mixtures.tilted(d);
    int n = 20_000;
    double[] images = mixture.sample(3, Mixtures.ids(n));
    double[] mean = mixture.mean();
    Moments squares = new Moments();
    for (int i = 0; i < n; i++) {
      int k = mixture.draw(3, i).component();
      double[] x = Arrays.copyOfRange(images, i * d, (i + 1) * d);
      squares.add(mixture.squaredRadius(k, x));
      for (int j = 0; j < d; j++) {
        mean[j] -= x[j] / n;
      }
    }
    assertThat(squares.mean()).isCloseTo(d, within(4 * squares.error()));
    assertThat(squares.variance()).as("chi-square").isCloseTo(2 * d, within(0.15 * 2 * d));
    for (double apart : mean) {
      assertThat(apart).isCloseTo(0, within(5 * Math.sqrt(mixture.totalVariance() / n)));
    }
  }

  @Test
  void mixtureRefusesWhatIsNoCovariance() {
    assertFlaw(new double[][] {{1, 0}}, "have 2 rows of 2 numbers, as the means have 2 dimensions");
    assertFlaw(
        new double[][] {{1, 0.5}, {0.4, 1}},
        "be symmetric: element [1, 0] is 0.4, element [0, 1] is 0.5");
    assertFlaw(
        new double[][] {{1, 2}, {2, 1}}, "be positive definite: its least eigenvalue is -1.00");
    assertFlaw(new double[][] {{1, 1}, {1, 1}}, "be positive definite: its least eigenvalue is ");
    assertFlaw(new double[][] {{1, 0}, {0, Double.NaN}}, "be finite, not NaN");
    assertThatThrownBy(
            () ->
                GaussianMixture.ofCovariances(
                    new double[] {1}, new double[][] {{0, 0}}, new double[0][][]))
        .hasMessageContaining("not 1 weights, 1 means and 0 covariances");
  }

  private static void assertFlaw(double[][] covariance, String flaw) {
    assertThatThrownBy(
            () ->
                GaussianMixture.ofCovariances(
                    new double[] {1}, new double[][] {{0, 0}}, new double[][][] {covariance}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "Covariance 0 of the mixture must " + java.util.regex.Pattern.quote(flaw) + ".*");
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

  @ParameterizedTest
  @ValueSource(ints = {2, 16, 64, 784})
  void sumsOverPartsOfTheDataMergeIntoThoseOverAll(int d) {
    int n = 200;
    double[] rows = Mixtures.overlapping(d).sample(4, Mixtures.ids(n));
    double[] s = {1e-3, 0.1, 0.8, 30};
    double[] y = new double[s.length * d];
    for (int i = 0; i < s.length; i++) {
      Draws draws = Draws.of(5, Purpose.NOISE, i, 0);
      for (int j = 0; j < d; j++) {
        y[i * d + j] = rows[(7 * i) * d + j] + s[i] * draws.gaussian();
      }
    }
    PosteriorSums[] parts = new PosteriorSums[3];
    Arrays.setAll(parts, part -> new PosteriorSums(y, s));
    for (int j = 0; j < n; j++) {
      parts[j < 5 ? 0 : j % 2 + 1].add(Arrays.copyOfRange(rows, j * d, (j + 1) * d));
    }
    double[] merged = new double[y.length];
    PosteriorSums all = new PosteriorSums(y, s).merge(parts[2]).merge(parts[0]).merge(parts[1]);
    all.denoised(merged);

    double[] expected = new double[y.length];
    double[] traces = new double[s.length];
    for (int i = 0; i < s.length; i++) {
      double[] row = Arrays.copyOfRange(y, i * d, (i + 1) * d);
      double[] p = softmax(rows, row, s[i]);
      for (int j = 0; j < n; j++) {
        for (int k = 0; k < d; k++) {
          expected[i * d + k] += p[j] * rows[j * d + k];
        }
      }
      for (int j = 0; j < n; j++) {
        for (int k = 0; k < d; k++) {
          traces[i] += p[j] * Math.pow(rows[j * d + k] - expected[i * d + k], 2);
        }
      }
      assertThat(all.covarianceTraces()[i])
          .isCloseTo(traces[i], within(1e-9 * d * Math.max(1, s[i] * s[i])));
    }
    assertThat(merged).containsExactly(expected, within(1e-10));
    double[] alone = new double[y.length];
    new FiniteData(rows, d).denoise(y, s, alone);
    assertThat(alone).containsExactly(expected, within(1e-10));
  }

  /** exp(-|y - x_j|^2 / (2 s^2)) over their sum, without any care. */
  private static double[] softmax(double[] rows, double[] y, double s) {
    double[] squares = new double[rows.length / y.length];
    for (int j = 0; j < rows.length; j++) {
      squares[j / y.length] += Math.pow(rows[j] - y[j % y.length], 2);
    }
    double least = Arrays.stream(squares).min().orElseThrow();
    double[] p = Arrays.stream(squares).map(q -> Math.exp((least - q) / (2 * s * s))).toArray();
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(weight -> weight / sum).toArray();
  }

  @Test
  void anImageThatIsNotFiniteLeavesItsNeighboursAlone() {
    double[] y = {Double.NaN, 0, 0.6, 0.6};
    double[] out = new double[4];
    new FiniteData(new double[] {0, 0, 1, 1}, 2).denoise(y, new double[] {1e-6, 1e-6}, out);

    assertThat(out).containsExactly(Double.NaN, Double.NaN, 1, 1);
  }

  @Test
  void sumsRefuseWhatIsNoNoise() {
    assertThatThrownBy(() -> new PosteriorSums(new double[4], new double[] {1, 0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The noise of every image must be a positive number, not [1.0, 0.0]");
    assertThatThrownBy(() -> new PosteriorSums(new double[5], new double[] {1, 1}))
        .hasMessage("5 values do not divide into 2 noisy images");
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
