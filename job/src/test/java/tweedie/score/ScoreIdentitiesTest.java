package tweedie.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.score.Draws.Purpose;

/** The exact laws that tie copies, denoiser and the two scores together. */
class ScoreIdentitiesTest {

  private static final long SEED = 2112_09822L;
  private static final double SIGMA = 0.9;

  static Stream<Arguments> dimensionsAndCopies() {
    return Stream.of(2, 16, 64, 784)
        .flatMap(d -> Stream.of(1, 2, 4, 16).map(m -> Arguments.of(d, m)));
  }

  /** An image of the mixture, its copies and what the mixture makes of them. */
  private record Example(
      GaussianMixture mixture,
      CopyNoise noise,
      double[] image,
      double[] copies,
      double[] mean,
      double[] denoised) {

    static Example of(int d, int m) {
      GaussianMixture mixture = Mixtures.overlapping(d);
      CopyNoise noise = new CopyNoise(SIGMA, m);
      double[] image = mixture.sample(SEED, new long[] {5});
      double[] copies = Copies.of(image, noise, Draws.of(SEED, Purpose.NOISE, 5, m));
      double[] mean = Copies.mean(copies, m);
      return new Example(mixture, noise, image, copies, mean, denoise(mixture, mean, noise.s()));
    }
  }

  @ParameterizedTest
  @MethodSource("dimensionsAndCopies")
  void tweedieAgreesWithTheClosedFormAndWithDifferencesOfTheLogDensity(int d, int m) {
    Example e = Example.of(d, m);
    double s = e.noise.s();
    double[] score = TweedieFormula.marginal(e.denoised, e.mean, e.noise.ofMean());

    assertThat(score).containsExactly(e.mixture.marginalScore(e.mean, s), within(1e-12));
    for (int direction = 0; direction < 4; direction++) {
      double[] u = unit(d, direction);
      assertThat(Vectors.dot(score, u))
          .isCloseTo(derivative(h -> e.mixture.logDensity(along(e.mean, h, u), s)), within(2e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 16, 64})
  void tweedieHoldsForFullCovariancesToo(int d) {
    GaussianMixture mixture = Mixtures.tilted(d);
    for (int m : new int[] {1, 2, 4, 16}) {
      CopyNoise noise = new CopyNoise(SIGMA, m);
      double[] image = mixture.sample(SEED, new long[] {m});
      double[] copies = Copies.of(image, noise, Draws.of(SEED, Purpose.NOISE, 6, m));
      double[] mean = Copies.mean(copies, m);
      double[] denoised = mixture.denoise(copies, noise);
      double[] score = TweedieFormula.marginal(denoised, mean, noise.ofMean());

      assertThat(denoised).containsExactly(denoise(mixture, mean, noise.s()));
      assertThat(score).containsExactly(mixture.marginalScore(mean, noise.s()), within(1e-11));
      for (int direction = 0; direction < 3; direction++) {
        double[] u = unit(d, direction);
        assertThat(Vectors.dot(score, u))
            .isCloseTo(
                derivative(h -> mixture.logDensity(along(mean, h, u), noise.s())), within(1e-7));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dimensionsAndCopies")
  void jointScoresAreTheGradientOfTheJointLogDensity(int d, int m) {
    Example e = Example.of(d, m);
    double[] psi = TweedieFormula.joint(e.denoised, e.copies, e.noise);

    for (int direction = 0; direction < 4; direction++) {
      double[] u = unit(d * m, direction);
      assertThat(Vectors.dot(psi, u))
          .isCloseTo(
              derivative(h -> jointLogDensity(e.mixture, along(e.copies, h, u), e.noise)),
              within(2e-8));
    }
  }

  @ParameterizedTest
  @MethodSource("dimensionsAndCopies")
  void jointScoresSumToTheMarginalScoreAndAverageToOneMthOfIt(int d, int m) {
    Example e = Example.of(d, m);
    double[] marginal = TweedieFormula.marginal(e.denoised, e.mean, e.noise.ofMean());
    double[] average = Copies.mean(TweedieFormula.joint(e.denoised, e.copies, e.noise), m);

    for (int j = 0; j < d; j++) {
      assertThat(m * average[j]).isCloseTo(marginal[j], within(1e-11));
      assertThat(average[j]).isCloseTo(marginal[j] / m, within(1e-11));
    }
  }

  @ParameterizedTest
  @MethodSource("dimensionsAndCopies")
  void jointScoreIsTheMarginalOneSharedPlusThePullToTheMean(int d, int m) {
    Example e = Example.of(d, m);
    double[] marginal = TweedieFormula.marginal(e.denoised, e.mean, e.noise.ofMean());
    double[] psi = TweedieFormula.joint(e.denoised, e.copies, e.noise);

    for (int i = 0; i < m * d; i++) {
      double pull = (e.mean[i % d] - e.copies[i]) / (SIGMA * SIGMA);
      assertThat(psi[i]).isCloseTo(marginal[i % d] / m + pull, within(1e-11));
    }
  }

  @ParameterizedTest
  @MethodSource("dimensionsAndCopies")
  void jointDensityFactorsIntoThatOfTheMeanAndTheSpread(int d, int m) {
    Example e = Example.of(d, m);
    double spread = 0;
    for (int i = 0; i < m * d; i++) {
      spread += Math.pow(e.copies[i] - e.mean[i % d], 2);
    }
    double expected =
        e.mixture.logDensity(e.mean, e.noise.s())
            - spread / (2 * SIGMA * SIGMA)
            - d / 2.0 * (m - 1) * Math.log(2 * Math.PI * SIGMA * SIGMA)
            - d / 2.0 * Math.log(m);

    assertThat(jointLogDensity(e.mixture, e.copies, e.noise)).isCloseTo(expected, within(1e-9 * d));
  }

  @ParameterizedTest
  @MethodSource("dimensionsAndCopies")
  void theErrorOfTheScoreIsTheErrorOfTheDenoiserWeightedByScore(int d, int m) {
    Example e = Example.of(d, m);
    double[] psi = TweedieFormula.joint(e.denoised, e.copies, e.noise);
    double scoreError = 0;
    for (int i = 0; i < m * d; i++) {
      double z = (e.copies[i] - e.image[i % d]) / SIGMA;
      scoreError += Math.pow(psi[i] * SIGMA + z, 2);
    }
    double error = Vectors.squaredDistance(e.denoised, e.image);

    assertThat(scoreError / (m * error / (SIGMA * SIGMA))).isCloseTo(1, within(1e-10));
    assertThat(scoreError / (Weighting.SCORE.at(e.noise.s(), 0.5) * error))
        .isCloseTo(1, within(1e-10));
  }

  @ParameterizedTest
  @MethodSource("dimensionsAndCopies")
  void permutingTheCopiesPermutesTheJointScoresAndLeavesTheDenoiser(int d, int m) {
    Example e = Example.of(d, m);
    int[] order = Draws.of(SEED, Purpose.ORDER, d, m).permutation(m);
    double[] permuted = permute(e.copies, order, d);
    double[] denoised = denoise(e.mixture, Copies.mean(permuted, m), e.noise.s());

    assertThat(denoised).containsExactly(e.denoised, within(1e-12));
    assertThat(TweedieFormula.joint(denoised, permuted, e.noise))
        .containsExactly(
            permute(TweedieFormula.joint(e.denoised, e.copies, e.noise), order, d), within(1e-11));
  }

  static Stream<GaussianMixture> mixtures() {
    return Stream.concat(
        Stream.of(2, 16, 64, 784).map(Mixtures::overlapping),
        Stream.of(2, 16).map(Mixtures::tilted));
  }

  @ParameterizedTest
  @MethodSource("mixtures")
  void theBestErrorHasThreeFormsThatAgree(GaussianMixture mixture) {
    int d = mixture.dimension();
    double s = 0.7;
    int n = 40_000 / (int) Math.sqrt(d);
    double[] images = mixture.sample(SEED, Mixtures.ids(n));
    Moments fromScore = new Moments();
    Moments fromError = new Moments();
    Moments fromTrace = new Moments();
    for (int i = 0; i < n; i++) {
      double[] x = Arrays.copyOfRange(images, i * d, (i + 1) * d);
      double[] y = Copies.of(x, new CopyNoise(s, 1), Draws.of(SEED, Purpose.NOISE, i, 0));
      double[] score = mixture.marginalScore(y, s);
      fromScore.add(d * s * s - Math.pow(s, 4) * Vectors.dot(score, score));
      fromError.add(Vectors.squaredDistance(denoise(mixture, y, s), x));
      fromTrace.add(mixture.posteriorCovarianceTrace(y, s));
    }

    assertThat(fromScore.error()).isLessThan(0.02 * fromTrace.mean());
    assertThat(fromScore.mean() - fromTrace.mean())
        .isCloseTo(0, within(4 * Math.hypot(fromScore.error(), fromTrace.error())));
    assertThat(fromError.mean() - fromTrace.mean())
        .isCloseTo(0, within(4 * Math.hypot(fromError.error(), fromTrace.error())));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16})
  void copiesAreWorthTheirMeanAtItsOwnNoise(int m) {
    int d = 2;
    GaussianMixture mixture = Mixtures.overlapping(d);
    CopyNoise noise = new CopyNoise(2, m);
    int n = 20_000;
    double[] images = mixture.sample(SEED, Mixtures.ids(n));
    Moments manyCopies = new Moments();
    Moments oneCopy = new Moments();
    for (int i = 0; i < n; i++) {
      double[] x = Arrays.copyOfRange(images, i * d, (i + 1) * d);
      double[] copies = Copies.of(x, noise, Draws.of(SEED, Purpose.NOISE, i, 1));
      manyCopies.add(Vectors.squaredDistance(jointPosteriorMean(mixture, copies, noise), x));
      double[] y = Copies.of(x, new CopyNoise(noise.s(), 1), Draws.of(SEED, Purpose.NOISE, i, 2));
      oneCopy.add(Vectors.squaredDistance(denoise(mixture, y, noise.s()), x));
      assertThat(jointPosteriorMean(mixture, copies, noise))
          .containsExactly(denoise(mixture, Copies.mean(copies, m), noise.s()), within(1e-10));
    }

    assertThat(oneCopy.error()).isLessThan(0.02 * oneCopy.mean());
    assertThat(manyCopies.mean() - oneCopy.mean())
        .isCloseTo(0, within(4 * Math.hypot(manyCopies.error(), oneCopy.error())));
  }

  @ParameterizedTest
  @MethodSource("dimensionsAndCopies")
  void freshCopiesAroundAMeanHaveThatMeanAndTheSpreadOfRealOnes(int d, int m) {
    Example e = Example.of(d, m);
    int n = 40_000 / d + 1;
    Moments spread = new Moments();
    for (int i = 0; i < n; i++) {
      double[] fresh = Copies.around(e.mean, e.noise, Draws.of(SEED, Purpose.SPREAD, i, 0));
      assertThat(Copies.mean(fresh, m)).containsExactly(e.mean, within(1e-14 * m));
      for (int j = 0; j < d; j++) {
        spread.add(Math.pow(fresh[j] - e.mean[j], 2));
      }
    }

    double expected = SIGMA * SIGMA * (m - 1) / m;
    assertThat(spread.mean()).isCloseTo(expected, within(4 * spread.error() + 1e-28));
  }

  @Test
  void scoresOfDifferentSizesAreRefused() {
    assertThatThrownBy(
            () -> TweedieFormula.marginal(new double[2], new double[3], new MeanNoise(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The marginal score needs as many denoised values as noisy ones, not 2 and 3");
    assertThatThrownBy(
            () -> TweedieFormula.joint(new double[2], new double[5], new CopyNoise(1, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 copies of 2 pixels have 6 values, not 5");
    assertThatThrownBy(() -> Copies.mean(new double[5], 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("5 values do not divide into 2 copies");
  }

  @Test
  void noNoiseAndNoCopiesAreRefused() {
    for (double s : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new MeanNoise(s))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("The noise s of the mean of the copies must be a positive number, not " + s);
      assertThatThrownBy(() -> new CopyNoise(s, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("The noise of a copy must be a positive number, not " + s);
    }
    assertThatThrownBy(() -> new CopyNoise(1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("There must be at least one noisy copy, not 0");
  }

  private static double[] denoise(Denoiser denoiser, double[] y, double s) {
    double[] out = new double[y.length];
    denoiser.denoise(y, new double[] {s}, out);
    return out;
  }

  /**
   * The log density of the copies written without their mean: in component k, pixel j of the copies
   * is N(mu_kj 1, sigma^2 I + tau_k^2 1 1^T), inverted by Sherman and Morrison.
   */
  private static double jointLogDensity(GaussianMixture mixture, double[] copies, CopyNoise noise) {
    double[] terms = jointLogTerms(mixture, copies, noise);
    double max = Arrays.stream(terms).max().orElseThrow();
    return max + Math.log(Arrays.stream(terms).map(t -> Math.exp(t - max)).sum());
  }

  private static double[] jointLogTerms(GaussianMixture mixture, double[] copies, CopyNoise noise) {
    int m = noise.copies();
    int d = mixture.dimension();
    double variance = noise.sigma() * noise.sigma();
    double[] terms = new double[mixture.components()];
    for (int k = 0; k < terms.length; k++) {
      double tau2 = mixture.std(k) * mixture.std(k);
      double[] mu = mixture.mean(k);
      double quadratic = 0;
      for (int j = 0; j < d; j++) {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < m; i++) {
          double difference = copies[i * d + j] - mu[j];
          sum += difference;
          squares += difference * difference;
        }
        quadratic += (squares - tau2 / (variance + m * tau2) * sum * sum) / variance;
      }
      double logDeterminant = d * ((m - 1) * Math.log(variance) + Math.log(variance + m * tau2));
      terms[k] =
          Math.log(mixture.weight(k))
              - (quadratic + logDeterminant + m * d * Math.log(2 * Math.PI)) / 2;
    }
    return terms;
  }

  /** E[x | y_1..y_m] from the joint density, without the mean of the copies. */
  private static double[] jointPosteriorMean(
      GaussianMixture mixture, double[] copies, CopyNoise noise) {
    double[] terms = jointLogTerms(mixture, copies, noise);
    double logDensity = jointLogDensity(mixture, copies, noise);
    int d = mixture.dimension();
    double[] posterior = new double[d];
    for (int k = 0; k < terms.length; k++) {
      double precision = 1 / (mixture.std(k) * mixture.std(k));
      double[] mu = mixture.mean(k);
      double perCopy = 1 / (noise.sigma() * noise.sigma());
      for (int j = 0; j < d; j++) {
        double weighted = precision * mu[j];
        for (int i = 0; i < noise.copies(); i++) {
          weighted += perCopy * copies[i * d + j];
        }
        posterior[j] +=
            Math.exp(terms[k] - logDensity) * weighted / (precision + noise.copies() * perCopy);
      }
    }
    return posterior;
  }

  /** The derivative at 0, by five points. */
  private static double derivative(DoubleUnaryOperator f) {
    double h = 2e-3;
    return (8 * (f.applyAsDouble(h) - f.applyAsDouble(-h))
            - (f.applyAsDouble(2 * h) - f.applyAsDouble(-2 * h)))
        / (12 * h);
  }

  private static double[] unit(int d, int direction) {
    Draws draws = Draws.of(SEED, Purpose.ORDER, d, direction);
    double[] u = new double[d];
    Arrays.setAll(u, j -> draws.gaussian());
    double norm = Math.sqrt(Vectors.dot(u, u));
    Arrays.setAll(u, j -> u[j] / norm);
    return u;
  }

  private static double[] along(double[] y, double h, double[] u) {
    double[] moved = new double[y.length];
    Arrays.setAll(moved, j -> y[j] + h * u[j]);
    return moved;
  }

  private static double[] permute(double[] copies, int[] order, int d) {
    double[] permuted = new double[copies.length];
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(copies, order[i] * d, permuted, i * d, d);
    }
    return permuted;
  }
}
