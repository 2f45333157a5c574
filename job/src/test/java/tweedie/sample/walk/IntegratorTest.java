package tweedie.sample.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.function.UnaryOperator;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tweedie.sample.walk.Friction.Per;
import tweedie.sample.walk.Integrator.Phase;
import tweedie.sample.walk.Integrator.Scheme;
import tweedie.score.Copies;
import tweedie.score.CopyNoise;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;
import tweedie.score.Mixtures;
import tweedie.score.TweedieFormula;

class IntegratorTest {

  private static final long SEED = 1611_06972L;

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 0.5",
    "0.3, 1, 2, 1",
    "1.9, 1, 1, 0.1",
    "0.5, 3, 2.5, 0.05",
    "2, 0.5, 1.9, 3"
  })
  void stationaryMomentsOnAGaussianAreTheClosedForms(
      double dt, double u, double lambda, double gamma) {
    Friction friction = new Friction(Per.STEP, gamma);
    double a = dt * dt * u * lambda / 4;

    RealMatrix overdamped = stationary(new Integrator(Scheme.OVERDAMPED, dt, u, friction), lambda);
    assertThat(lambda * overdamped.getEntry(0, 0)).isCloseTo(1 / (1 - a), within(1e-10));
    RealMatrix aboba = stationary(new Integrator(Scheme.ABOBA, dt, u, friction), lambda);
    assertThat(lambda * aboba.getEntry(0, 0)).isCloseTo(1, within(1e-10));
    assertThat(aboba.getEntry(0, 1)).isCloseTo(0, within(1e-10));
    assertThat(aboba.getEntry(1, 1) / u).isCloseTo(1 / (1 - a), within(1e-10));
    RealMatrix baoab = stationary(new Integrator(Scheme.BAOAB, dt, u, friction), lambda);
    assertThat(lambda * baoab.getEntry(0, 0)).isCloseTo(1, within(1e-10));
    assertThat(baoab.getEntry(0, 1)).isCloseTo(0, within(1e-10));
    assertThat(baoab.getEntry(1, 1) / u).isCloseTo(1 - a, within(1e-10));
  }

  @ParameterizedTest
  @EnumSource(Scheme.class)
  void walksAreStableBelowTheLimitAndNotBeyond(Scheme scheme) {
    double s = 0.7;
    double u = 2;
    double limit = 2 * s / Math.sqrt(u);
    Friction friction = new Friction(Per.STEP, 0.3);

    assertThat(growth(new Integrator(scheme, 0.999 * limit, u, friction), 1 / (s * s)))
        .isLessThan(1);
    Integrator beyond = new Integrator(scheme, 1.001 * limit, u, friction);
    assertThat(growth(beyond, 1 / (s * s))).isGreaterThan(1);
    assertThatThrownBy(() -> beyond.requireStable(s))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "A walk at noise 0.7000 with inverse mass 2.000 needs steps below 0.9899 to be stable,"
                + " not 0.9909");
    new Integrator(scheme, 0.999 * limit, u, friction).requireStable(s);
  }

  @Test
  void anOverdampedStepIsAnAbobaStepThatForgetsEverything() {
    Friction forgets = new Friction(Per.STEP, 800);
    UnaryOperator<double[]> score = y -> new double[] {-2 * y[0]};
    double[] z = {0.7};
    Phase aboba =
        new Integrator(Scheme.ABOBA, 0.4, 3, forgets)
            .step(new Phase(new double[] {1}, new double[] {0}), score, z);
    // the half drift with the new velocity, and the one that the next step begins with
    double end = aboba.y()[0] + 0.2 * aboba.v()[0];
    Phase overdamped =
        new Integrator(Scheme.OVERDAMPED, 0.4, 3, forgets)
            .step(new Phase(new double[] {1}, new double[] {0}), score, z);

    // psi enters the velocity once before and once after it is forgotten
    assertThat(end).isCloseTo(overdamped.y()[0], within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"2, 8, ABOBA", "64, 4, ABOBA", "2, 8, BAOAB", "2, 8, OVERDAMPED", "3, 1, ABOBA"})
  void theMeanOfManyCopiesWalksLikeOneCopyOfAsManyTimesTheMass(int d, int m, Scheme scheme) {
    GaussianMixture mixture = Mixtures.overlapping(d);
    CopyNoise noise = new CopyNoise(1.3, m);
    Friction friction = new Friction(Per.TIME, 0.5);
    Integrator ofCopies = new Integrator(scheme, 0.6, 1, friction);
    Integrator ofOne = new Integrator(scheme, 0.6, 1.0 / m, friction);
    Phase copies = Phase.atRest(new double[m * d]);
    Phase one = Phase.atRest(new double[d]);
    UnaryOperator<double[]> joint =
        y -> TweedieFormula.joint(denoise(mixture, Copies.mean(y, m), noise.s()), y, noise);
    UnaryOperator<double[]> marginal =
        y -> TweedieFormula.marginal(denoise(mixture, y, noise.s()), y, noise.ofMean());
    for (int t = 0; t < 300; t++) {
      Draws draws = Draws.of(SEED, Purpose.CHAIN, m, t);
      double[] z = new double[m * d];
      double[] coupled = new double[d];
      for (int i = 0; i < z.length; i++) {
        z[i] = draws.gaussian();
        coupled[i % d] += z[i] / Math.sqrt(m); // sqrt(m) times the mean
      }
      copies = ofCopies.step(copies, joint, z);
      one = ofOne.step(one, marginal, coupled);

      assertThat(Copies.mean(copies.y(), m)).containsExactly(one.y(), within(1e-12));
      assertThat(Copies.mean(copies.v(), m)).containsExactly(one.v(), within(1e-12));
    }
  }

  @Test
  void bothConventionsOfFrictionHaveTheirOwnName() {
    assertThat(new Friction(Per.TIME, 0.5).decay(0.2)).isEqualTo(Math.exp(-0.1));
    assertThat(new Friction(Per.STEP, 0.5).decay(0.2)).isEqualTo(Math.exp(-0.5));
    assertThat(new Friction(Per.TIME, 0.5)).hasToString("friction 0.5000 per time");
    assertThatThrownBy(() -> new Friction(Per.STEP, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The friction must be a positive number, not 0.0");
    assertThatThrownBy(() -> new Integrator(Scheme.ABOBA, 0, 1, new Friction(Per.STEP, 1)))
        .hasMessage(
            "The step and the inverse mass of a walk must be positive numbers, not 0.0 and 1.0");
  }

  /** The covariance of (y, v) that a step keeps on N(0, 1 / lambda): S = A S A^T + b b^T. */
  private static RealMatrix stationary(Integrator integrator, double lambda) {
    RealMatrix a = linear(integrator, lambda);
    RealMatrix b = column(step(integrator, lambda, 0, 0, 1));
    // S = sum_k A^k b b^T A^kT, summed by doubling
    RealMatrix covariance = b.multiply(b.transpose());
    for (int k = 0; k < 20; k++) {
      covariance = covariance.add(a.multiply(covariance).multiply(a.transpose()));
      a = a.multiply(a);
    }
    return covariance;
  }

  /** How the distance of two coupled walks changes over many steps, per step. */
  private static double growth(Integrator integrator, double lambda) {
    return Math.pow(linear(integrator, lambda).power(4096).getNorm(), 1 / 4096.0);
  }

  /** The matrix A of a step without noise; an overdamped step forgets where v was. */
  private static RealMatrix linear(Integrator integrator, double lambda) {
    RealMatrix a = new Array2DRowRealMatrix(2, 2);
    a.setColumn(0, step(integrator, lambda, 1, 0, 0));
    if (integrator.scheme() != Scheme.OVERDAMPED) {
      a.setColumn(1, step(integrator, lambda, 0, 1, 0));
    }
    return a;
  }

  private static double[] step(Integrator integrator, double lambda, double y, double v, double z) {
    Phase phase =
        integrator.step(
            new Phase(new double[] {y}, new double[] {v}),
            x -> new double[] {-lambda * x[0]},
            new double[] {z});
    return new double[] {phase.y()[0], phase.v()[0]};
  }

  private static RealMatrix column(double[] values) {
    return new Array2DRowRealMatrix(values);
  }

  private static double[] denoise(GaussianMixture mixture, double[] y, double s) {
    double[] out = new double[y.length];
    mixture.denoise(y, new double[] {s}, out);
    return out;
  }
}
