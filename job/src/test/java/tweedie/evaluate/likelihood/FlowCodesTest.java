package tweedie.evaluate.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.data.ImageRows;
import tweedie.evaluate.likelihood.FlowSolver.Adaptive;
import tweedie.evaluate.likelihood.FlowSolver.Grid;
import tweedie.evaluate.likelihood.FlowSolver.Method;
import tweedie.sample.ChainStart;
import tweedie.sample.OdeSampler;
import tweedie.score.DifferentiableDenoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;
import tweedie.score.Mixtures;
import tweedie.score.Moments;
import tweedie.score.Vectors;

class FlowCodesTest {

  private static final long SEED = 2011_13456L;
  private static final FlowSolver TIGHT = new Adaptive(1e-9);

  private static DataNormal moments(GaussianMixture mixture) {
    return new DataNormal(mixture.mean(), mixture.totalVariance() / mixture.dimension());
  }

  private static double[] encoded(FlowCodes flow, DifferentiableDenoiser denoiser, double... x) {
    return flow.encode(denoiser, x, SEED, Mixtures.ids(x.length / denoiser.dimension()));
  }

  private static double[] decoded(FlowCodes flow, DifferentiableDenoiser denoiser, double... z) {
    return flow.decode(denoiser, z, SEED, Mixtures.ids(z.length / denoiser.dimension()));
  }

  /**
   * The flow of N(1.5, 0.7^2) takes x to 1.5 + (x - 1.5) sqrt((0.49 + b^2) / (0.49 + a^2)), for
   * noise from a to b; the code is measured from the mean and by the variance of the prior,
   * whatever they are.
   */
  @ParameterizedTest
  @CsvSource({"1.5, 0.49", "0.2, 3"})
  void theCodeOfNormalDataIsTheClosedForm(double mean, double variance) {
    GaussianMixture normal = Mixtures.gaussian(2, 1.5, 0.7);
    FlowCodes flow =
        new FlowCodes(new DataNormal(new double[] {mean, mean}, variance), 0.01, 9.8, TIGHT);
    double growth = Math.sqrt((0.49 + 9.8 * 9.8) / (0.49 + 1e-4));
    double[] x = {1.1, 2.9, 1.5, -3};
    double[] codes = encoded(flow, normal, x);
    for (int j = 0; j < x.length; j++) {
      double end = 1.5 + growth * (x[j] - 1.5);
      assertThat(codes[j]).isCloseTo((end - mean) / Math.sqrt(9.8 * 9.8 + variance), within(1e-7));
    }
    assertThat(decoded(flow, normal, codes)).containsExactly(x, within(1e-7));
  }

  @ParameterizedTest
  @CsvSource({"HEUN, 2", "RK4, 4"})
  void codesOfAGridConvergeAtItsOrder(Method method, int order) {
    GaussianMixture mixture = Mixtures.overlapping(2);
    double[] x = {0.4, -0.7};
    double[] exact = encoded(new FlowCodes(moments(mixture), 0.05, 50, TIGHT), mixture, x);
    double[] errors = new double[2];
    for (int i = 0; i < errors.length; i++) {
      FlowCodes grid = new FlowCodes(moments(mixture), 0.05, 50, new Grid(method, 40 << i));
      errors[i] = Math.sqrt(Vectors.squaredDistance(encoded(grid, mixture, x), exact));
    }
    assertThat(errors[0]).isLessThan(0.01);
    assertThat(Math.log(errors[0] / errors[1]) / Math.log(2)).isCloseTo(order, within(0.3));
  }

  /**
   * A step there and the same step back leave no error of the method's own order, which is even: it
   * changes its sign with the step.
   */
  @ParameterizedTest
  @CsvSource({"HEUN, 3", "RK4, 5"})
  void theWayThereAndBackConvergesOneOrderFaster(Method method, int order) {
    GaussianMixture mixture = Mixtures.overlapping(2);
    double[] x = {0.4, -0.7};
    double[] errors = new double[2];
    for (int i = 0; i < errors.length; i++) {
      FlowCodes grid = new FlowCodes(moments(mixture), 0.05, 50, new Grid(method, 40 << i));
      double[] back = decoded(grid, mixture, encoded(grid, mixture, x));
      errors[i] = Math.sqrt(Vectors.squaredDistance(back, x));
    }
    assertThat(errors[0]).isLessThan(0.01);
    assertThat(Math.log(errors[0] / errors[1]) / Math.log(2)).isCloseTo(order, within(0.3));
  }

  /** Draws with the smallest noise, of which codes are exactly normal as the largest grows. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void codesOfExactDrawsAreStandardNormal(int d) {
    int n = 4000;
    GaussianMixture mixture = d == 2 ? Mixtures.unlikeModes() : Mixtures.overlapping(d);
    double[] x = mixture.sample(SEED, Mixtures.ids(n));
    for (int i = 0; i < n; i++) {
      Draws noise = Draws.of(SEED, Purpose.NOISE, i, 0);
      for (int j = 0; j < d; j++) {
        x[i * d + j] += 0.05 * noise.gaussian();
      }
    }
    FlowCodes flow = new FlowCodes(moments(mixture), 0.05, 500, new Grid(Method.RK4, 100));
    double[] codes = encoded(flow, mixture, x);
    Moments[] products = new Moments[d];
    for (int j = 0; j < d; j++) {
      Moments first = new Moments();
      Moments fourth = new Moments();
      products[j] = new Moments();
      for (int i = 0; i < n; i++) {
        double z = codes[i * d + j];
        first.add(z);
        fourth.add(Math.pow(z, 4));
        products[j].add(z * codes[i * d]);
      }
      assertThat(first.mean()).isCloseTo(0, within(4 / Math.sqrt(n)));
      assertThat(first.variance()).isCloseTo(1, within(4 * Math.sqrt(2.0 / n)));
      assertThat(fourth.mean()).isCloseTo(3, within(4 * Math.sqrt(96.0 / n)));
      assertThat(products[j].mean())
          .isCloseTo(j == 0 ? 1 : 0, within(4 * Math.sqrt((j == 0 ? 2.0 : 1) / n)));
    }
  }

  /** But for the jump to the denoised image, which moves it by s^2 times the score. */
  @Test
  void theCodeOfASampleIsWhereItsChainBegan() {
    GaussianMixture mixture = Mixtures.overlapping(3);
    DataNormal prior = moments(mixture);
    ChainStart start = new ChainStart(prior.mean(), 20, prior.variance());
    double[] end =
        new OdeSampler(start, 20, 1e-4, 1e-10).sample(mixture, SEED, new long[] {7}).images();
    double[] code = encoded(new FlowCodes(prior, 1e-4, 20, TIGHT), mixture, end);
    Draws draws = Draws.of(SEED, Purpose.CHAIN, 7, 0);
    for (double z : code) {
      assertThat(z).isCloseTo(draws.gaussian(), within(1e-6));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anImageHasTheSameCodeInAnyBatch(boolean grid) {
    GaussianMixture mixture = Mixtures.overlapping(2);
    FlowSolver solver = grid ? new Grid(Method.HEUN, 9) : new Adaptive(1e-5);
    FlowCodes flow = new FlowCodes(moments(mixture), 0.1, 20, solver);
    double[] together = encoded(flow, mixture, 0, 1, 2, 2, -3, 0.5);
    assertThat(ImageRows.row(together, 1, 2)).isEqualTo(encoded(flow, mixture, 2, 2));
    double[] images = decoded(flow, mixture, together);
    assertThat(ImageRows.row(images, 2, 2))
        .isEqualTo(decoded(flow, mixture, ImageRows.row(together, 2, 2)));
  }

  @Test
  void aDenoiserWithRandomNumbersIsFixedForEachImage() {
    GaussianMixture mixture = Mixtures.overlapping(1);
    FlowCodes flow = new FlowCodes(moments(mixture), 0.1, 20, new Grid(Method.HEUN, 4));
    long[][] seen = new long[2][];
    DifferentiableDenoiser random =
        new DifferentiableDenoiser() {
          @Override
          public int dimension() {
            return 1;
          }

          @Override
          public void denoise(double[] y, double[] s, double[] out) {
            throw new AssertionError("without being fixed");
          }

          @Override
          public void denoise(double[] y, double[] s, double[] out, double[][] v, double[][] p) {
            throw new AssertionError("no density is asked for");
          }

          @Override
          public DifferentiableDenoiser fixedFor(long seed, long[] chains) {
            seen[seen[0] == null ? 0 : 1] = chains;
            return mixture;
          }
        };
    double[] codes = flow.encode(random, new double[] {1, 2}, SEED, new long[] {5, 9});
    flow.decode(random, codes, SEED, new long[] {5, 9});
    assertThat(seen).isDeepEqualTo(new long[][] {{5, 9}, {5, 9}});
  }

  @Test
  void betweenTwoCodesIsAnArc() {
    double[] a = {3, 0, 0};
    double[] b = {0, 3, 0};
    assertThat(FlowCodes.between(a, b, 0)).containsExactly(a, within(1e-12));
    assertThat(FlowCodes.between(a, b, 1)).containsExactly(b, within(1e-12));
    for (double t : new double[] {0.25, 1 / 3.0, 0.9}) {
      assertThat(FlowCodes.between(a, b, t))
          .containsExactly(
              new double[] {3 * Math.cos(t * Math.PI / 2), 3 * Math.sin(t * Math.PI / 2), 0},
              within(1e-12));
    }
  }

  @Test
  void codesWithoutAnArcAreMixed() {
    double[] a = {1, 2};
    assertThat(FlowCodes.between(a, a, 0.3)).containsExactly(a, within(1e-12));
    assertThat(FlowCodes.between(a, new double[] {3, 6}, 0.5))
        .containsExactly(new double[] {2, 4}, within(1e-12));
    assertThat(FlowCodes.between(new double[] {1}, new double[] {-3}, 0.25))
        .containsExactly(new double[] {0}, within(1e-12));
    assertThat(FlowCodes.between(new double[2], a, 0.5))
        .containsExactly(new double[] {0.5, 1}, within(1e-12));
  }

  @Test
  void independentCodesStayNormalBetween() {
    int d = 20_000;
    double[][] codes = new double[2][d];
    for (int k = 0; k < 2; k++) {
      Draws draws = Draws.of(SEED, Purpose.NOISE, k, 0);
      Arrays.setAll(codes[k], j -> draws.gaussian());
    }
    double[] half = FlowCodes.between(codes[0], codes[1], 0.5);
    assertThat(Vectors.dot(half, half) / d).isCloseTo(1, within(4 * Math.sqrt(2.0 / d)));
  }

  @Test
  void whatCannotBeIsRefused() {
    GaussianMixture plane = Mixtures.overlapping(2);
    assertThatThrownBy(() -> new FlowCodes(moments(plane), 1, 1, TIGHT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The smallest noise of a flow must be less than the largest, 1.0, not 1.0");
    FlowCodes flow = new FlowCodes(moments(plane), 0.1, 2, TIGHT);
    assertThatThrownBy(() -> encoded(flow, Mixtures.overlapping(1), 1))
        .hasMessage("The data have 2 values, but the denoiser is for 1");
    assertThatThrownBy(
            () ->
                new FlowCodes(moments(plane), 0.1, 2, new Grid(Method.HEUN, 2))
                    .encode(plane, new double[] {1, 1, Double.NaN, 0}, 1, new long[] {3, 17}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The flow of image 17 is not finite at noise 0.1000");
  }
}
