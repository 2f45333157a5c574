package tweedie.evaluate.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.BiConsumer;
import org.apache.commons.math3.analysis.integration.IterativeLegendreGaussIntegrator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.evaluate.likelihood.FlowLikelihood.Density;
import tweedie.evaluate.likelihood.FlowSolver.Adaptive;
import tweedie.evaluate.likelihood.FlowSolver.Grid;
import tweedie.evaluate.likelihood.FlowSolver.Method;
import tweedie.score.Copies;
import tweedie.score.CopyNoise;
import tweedie.score.DifferentiableDenoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;
import tweedie.score.Mixtures;

class FlowLikelihoodTest {

  private static final Divergence EXACT = new Divergence.Exact();
  private static final FlowSolver TIGHT = new Adaptive(1e-8);

  /** A density that no Gaussian resembles, of very different widths. */
  private static final GaussianMixture LINE =
      new GaussianMixture(
          new double[] {0.3, 0.5, 0.2},
          new double[][] {{-1.5}, {0.2}, {2}},
          new double[] {0.5, 0.05, 0.8});

  private static final GaussianMixture PLANE =
      new GaussianMixture(
          new double[] {0.8, 0.2}, new double[][] {{-2, -2}, {2, 2}}, new double[] {1, 0.3});

  /** Mean and mean variance of a mixture. */
  private static DataNormal moments(GaussianMixture mixture) {
    int d = mixture.dimension();
    double[] mean = new double[d];
    for (int k = 0; k < mixture.components(); k++) {
      for (int j = 0; j < d; j++) {
        mean[j] += mixture.weight(k) * mixture.mean(k)[j];
      }
    }
    double variance = 0;
    for (int k = 0; k < mixture.components(); k++) {
      double squares = d * mixture.std(k) * mixture.std(k);
      for (int j = 0; j < d; j++) {
        squares += Math.pow(mixture.mean(k)[j] - mean[j], 2);
      }
      variance += mixture.weight(k) * squares / d;
    }
    return new DataNormal(mean, variance);
  }

  private static double logDensity(
      FlowLikelihood flow, DifferentiableDenoiser denoiser, double s, double... y) {
    return flow.logDensity(denoiser, y, s, 1, new long[] {0}, 0)[0].logDensity()[0];
  }

  /**
   * N(1.5, 0.7^2 I) from s = 0.01 to 9.8, in closed form; a wrong scale leaves the ODE all its
   * work.
   */
  @ParameterizedTest
  @CsvSource({"1, 0.7", "1, 3", "5, 0.2", "5, 3"})
  void densityOfNormalDataIsTheClosedForm(int d, double scale) {
    GaussianMixture normal = Mixtures.gaussian(d, 1.5, 0.7);
    FlowLikelihood flow = new FlowLikelihood(moments(normal), scale, 9.8, TIGHT, EXACT);
    Draws draws = Draws.of(3, Purpose.NOISE, d, 0);
    double[] y = new double[d];
    Arrays.setAll(y, j -> 1.5 + draws.gaussian());
    double v = 0.7 * 0.7 + 0.01 * 0.01;
    double expected = -d / 2.0 * Math.log(2 * Math.PI * v);
    for (double value : y) {
      expected -= (value - 1.5) * (value - 1.5) / (2 * v);
    }
    assertThat(logDensity(flow, normal, 0.01, y)).isCloseTo(expected, within(1e-6));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-2.3, -1.5, 0.1, 0.25, 0.6, 3.1})
  void densityOnALineIsTheIntegralOverTheData(double y) {
    double s = 0.05;
    FlowLikelihood flow = new FlowLikelihood(moments(LINE), 1e4, TIGHT, EXACT);
    double integral =
        new IterativeLegendreGaussIntegrator(40, 1e-10, 1e-14)
            .integrate(
                100_000,
                x -> Math.exp(LINE.logDensity(new double[] {x}, 0)) * normal(y - x, s),
                y - 12 * s,
                y + 12 * s);
    assertThat(logDensity(flow, LINE, s, y)).isCloseTo(Math.log(integral), within(1e-6));
  }

  private static double normal(double x, double s) {
    return Math.exp(-x * x / (2 * s * s)) / (s * Math.sqrt(2 * Math.PI));
  }

  @ParameterizedTest
  @CsvSource({"-2, -2", "2.1, 1.8", "0, 0", "-4, 1", "1, 3"})
  void densityInThePlaneIsThatOfTheMixture(double first, double second) {
    FlowLikelihood flow = new FlowLikelihood(moments(PLANE), 1e4, TIGHT, EXACT);
    double[] y = {first, second};
    assertThat(logDensity(flow, PLANE, 0.02, y)).isCloseTo(PLANE.logDensity(y, 0.02), within(1e-6));
  }

  @Test
  void densityIntegratesToOne() {
    FlowLikelihood flow = new FlowLikelihood(moments(LINE), 1e3, new Grid(Method.RK4, 100), EXACT);
    int n = 2000;
    double width = 12.0 / n;
    double[] y = new double[n];
    Arrays.setAll(y, i -> -6 + (i + 0.5) * width);
    double sum = 0;
    for (Density density : flow.logDensity(LINE, y, 0.05, 1, Mixtures.ids(n), 0)) {
      sum += width * Math.exp(density.logDensity()[0]);
    }
    assertThat(sum).isCloseTo(1, within(1e-4));
  }

  @ParameterizedTest
  @CsvSource({"HEUN, 2", "RK4, 4"})
  void aGridConvergesAtItsOrderToTheAdaptiveAnswer(Method method, int order) {
    double[] y = {0.4, -0.7};
    GaussianMixture mixture = Mixtures.overlapping(2);
    DataNormal moments = moments(mixture);
    double exact = logDensity(new FlowLikelihood(moments, 50, TIGHT, EXACT), mixture, 0.05, y);
    double[] errors = new double[2];
    for (int i = 0; i < errors.length; i++) {
      FlowSolver grid = new Grid(method, 40 << i);
      errors[i] =
          logDensity(new FlowLikelihood(moments, 50, grid, EXACT), mixture, 0.05, y) - exact;
    }
    assertThat(Math.abs(errors[0])).isLessThan(0.01);
    assertThat(Math.log(errors[0] / errors[1]) / Math.log(2)).isCloseTo(order, within(0.3));
  }

  @Test
  void theNumberOfCallsIsThatOfTheMethod() {
    DataNormal moments = moments(PLANE);
    assertThat(calls(new FlowLikelihood(moments, 10, new Grid(Method.HEUN, 7), EXACT)))
        .isEqualTo(14);
    assertThat(calls(new FlowLikelihood(moments, 10, new Grid(Method.RK4, 7), EXACT)))
        .isEqualTo(28);
  }

  private static long calls(FlowLikelihood flow) {
    return flow.logDensity(PLANE, new double[] {0, 1}, 0.1, 1, new long[] {0}, 0)[0].calls();
  }

  /** The probes of an image are its own, whatever images are beside it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anImageHasTheSameNumbersInAnyBatch(boolean grid) {
    FlowSolver solver = grid ? new Grid(Method.HEUN, 10) : new Adaptive(1e-4);
    FlowLikelihood flow =
        new FlowLikelihood(
            moments(PLANE), 20, solver, new Divergence.Hutchinson(Probe.GAUSSIAN, 3));
    Density[] together =
        flow.logDensity(PLANE, new double[] {0, 1, 2, 2, -3, 0.5}, 0.1, 5, new long[] {7, 8, 9}, 0);
    Density alone = flow.logDensity(PLANE, new double[] {2, 2}, 0.1, 5, new long[] {8}, 0)[0];
    assertThat(together[1].logDensity()).isEqualTo(alone.logDensity());
    assertThat(together[1].calls()).isEqualTo(alone.calls());
  }

  @ParameterizedTest
  @EnumSource(Probe.class)
  void probesAreUnbiased(Probe probe) {
    int probes = 20_000;
    GaussianMixture mixture = Mixtures.overlapping(3);
    DataNormal moments = moments(mixture);
    FlowSolver grid = new Grid(Method.RK4, 20);
    double[] y = {0.4, -0.2, 0.3};
    double exact = logDensity(new FlowLikelihood(moments, 50, grid, EXACT), mixture, 0.1, y);
    double[] estimates =
        new FlowLikelihood(moments, 50, grid, new Divergence.Hutchinson(probe, probes))
            .logDensity(mixture, y, 0.1, 1, new long[] {0}, 0)[0].logDensity();
    double error = Math.sqrt(ImageDensity.variance(estimates) / probes);
    assertThat(error).isBetween(1e-4, 0.02);
    assertThat(ImageDensity.mean(estimates)).isCloseTo(exact, within(4 * error));
  }

  /**
   * The joint density of four copies directly: component k is normal with covariance sigma^2 I +
   * tau^2 1 1^T between the copies of each coordinate, written out by its eigenvalues.
   */
  @Test
  void jointDensityOfCopiesIsThatOfTheMixtureOfCopies() {
    CopyNoise noise = new CopyNoise(0.6, 4);
    Draws draws = Draws.of(2, Purpose.NOISE, 0, 0);
    double[] copies = Copies.of(new double[] {1.7, 2.2}, noise, draws);
    double[] mean = Copies.mean(copies, 4);
    FlowLikelihood flow = new FlowLikelihood(moments(PLANE), 1e4, TIGHT, EXACT);
    double joint = logDensity(flow, PLANE, noise.s(), mean) + CopiesDensity.spread(copies, noise);
    assertThat(joint).isCloseTo(directJoint(copies, noise), within(1e-6));
  }

  private static double directJoint(double[] copies, CopyNoise noise) {
    int m = noise.copies();
    double sigma2 = noise.sigma() * noise.sigma();
    double sum = 0;
    for (int k = 0; k < PLANE.components(); k++) {
      double tau2 = PLANE.std(k) * PLANE.std(k);
      double log = 0;
      for (int j = 0; j < 2; j++) {
        double total = 0;
        double squares = 0;
        for (int i = 0; i < m; i++) {
          double difference = copies[i * 2 + j] - PLANE.mean(k)[j];
          total += difference;
          squares += difference * difference;
        }
        double along = total * total / m; // in the direction of 1, of eigenvalue sigma^2 + m tau^2
        log +=
            -0.5
                * (m * Math.log(2 * Math.PI)
                    + (m - 1) * Math.log(sigma2)
                    + Math.log(sigma2 + m * tau2)
                    + along / (sigma2 + m * tau2)
                    + (squares - along) / sigma2);
      }
      sum += PLANE.weight(k) * Math.exp(log);
    }
    return Math.log(sum);
  }

  @Test
  void jointDensityOfOneCopyIsThatOfTheCopy() {
    assertThat(CopiesDensity.spread(new double[] {0.1, 0.9}, new CopyNoise(0.4, 1)))
        .isCloseTo(0, within(1e-12));
  }

  @Test
  void momentsOfTheDataMatterAtTheEndOfTheFlow() {
    GaussianMixture far = Mixtures.gaussian(4, 2, 0.5);
    FlowLikelihood flow = new FlowLikelihood(moments(far), 10, new Grid(Method.RK4, 20), EXACT);
    Density density =
        flow.logDensity(far, new double[] {2.5, 1.5, 2, 2}, 0.05, 1, new long[] {0}, 0)[0];
    // the flow of normal data is z = const: y - 2 grows by sqrt(0.25 + 100) / sqrt(0.25 + 0.0025)
    double squares = 2 * 0.25 * 100.25 / 0.2525;
    assertThat(density.squaredRadius()).isCloseTo(squares / (100.25 * 4), within(1e-9));
    double c = Math.sqrt(100.25 / 0.2525);
    double plain = 0;
    for (double offset : new double[] {0.5, -0.5, 0, 0}) {
      double end = 2 + c * offset;
      plain += -0.5 * Math.log(2 * Math.PI * 100) - end * end / 200;
    }
    assertThat(density.logPlainPrior()).isCloseTo(plain, within(1e-9));
  }

  @Test
  void whatCannotBeIsRefused() {
    FlowLikelihood flow = new FlowLikelihood(moments(PLANE), 2, TIGHT, EXACT);
    assertThatThrownBy(() -> logDensity(flow, PLANE, 2, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The noise of a density must be positive and less than 2.0, not 2.0");
    assertThatThrownBy(() -> logDensity(flow, LINE, 1, 0))
        .hasMessage("The data have 2 values, but the denoiser is for 1");
    assertThatThrownBy(() -> new Grid(Method.RK4, 0))
        .hasMessage("There must be at least one step, not 0");
    assertThatThrownBy(() -> new Adaptive(0)).hasMessageContaining("not 0.0");
    assertThatThrownBy(() -> new Divergence.Hutchinson(Probe.GAUSSIAN, 0))
        .hasMessage("There must be at least one probe, not 0");
  }

  @Test
  void aToleranceBelowTheRoundingOfTheDenoiserIsSaid() {
    FlowLikelihood flow = new FlowLikelihood(moments(PLANE), 10, new Adaptive(1e-9), EXACT);
    assertThatThrownBy(() -> logDensity(flow, new Mistaken(FlowLikelihoodTest::round), 0.01, 0, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cannot be solved to the tolerance 1.000e-09");
  }

  /** Where the smallest noise moves next to nothing, a guess of the first step is far too long. */
  @Test
  void adaptiveStepsStayInTheRangeOfTheFlow() {
    FlowLikelihood flow = new FlowLikelihood(moments(LINE), 20, TIGHT, EXACT);
    assertThat(logDensity(flow, LINE, 1e-7, 0.25))
        .isCloseTo(LINE.logDensity(new double[] {0.25}, 0), within(1e-2));
  }

  @Test
  void aNumberThatIsNotFiniteStopsWithTheImageAndTheNoise() {
    FlowLikelihood flow = new FlowLikelihood(moments(PLANE), 10, new Grid(Method.HEUN, 4), EXACT);
    assertThatThrownBy(
            () ->
                flow.logDensity(
                    new Mistaken(FlowLikelihoodTest::breakTheSecondRow),
                    new double[4],
                    0.5,
                    1,
                    new long[] {3, 17},
                    0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The flow of image 17 is not finite at noise 0.5000");
  }

  /** The mixture in the plane with a mistake: what it makes of (y, out). */
  private record Mistaken(BiConsumer<double[], double[]> mistake)
      implements DifferentiableDenoiser {

    @Override
    public int dimension() {
      return 2;
    }

    @Override
    public void denoise(double[] y, double[] s, double[] out) {
      PLANE.denoise(y, s, out);
    }

    @Override
    public void denoise(
        double[] y, double[] s, double[] out, double[][] vectors, double[][] products) {
      PLANE.denoise(y, s, out, vectors, products);
      mistake.accept(y, out);
    }
  }

  /** Off by something that looks random, as rounding does. */
  private static void round(double[] y, double[] out) {
    for (int j = 0; j < out.length; j++) {
      out[j] += 1e-3 * Math.sin(1e6 * y[j]);
    }
  }

  private static void breakTheSecondRow(double[] y, double[] out) {
    out[3] = Double.NaN;
  }
}
