package tweedie.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import tweedie.score.Draws.Purpose;

/** Products with the Jacobian of a mixture, against differences of these. */
class JacobianTest {

  private static final int D = 3;

  @Test
  void productsAreDerivatives() {
    DifferentiableDenoiser denoiser = Mixtures.overlapping(D);
    Draws draws = Draws.of(1, Purpose.NOISE, 0, 0);
    double[] s = {0.3, 1, 5};
    double[] y = new double[s.length * D];
    double[][] vectors = new double[2][y.length];
    for (int j = 0; j < y.length; j++) {
      y[j] = draws.gaussian();
      vectors[0][j] = draws.gaussian();
      vectors[1][j] = draws.gaussian();
    }
    double[] out = new double[y.length];
    double[][] products = new double[2][y.length];
    denoiser.denoise(y, s, out, vectors, products);
    double[] plain = new double[y.length];
    denoiser.denoise(y, s, plain);
    assertThat(out).isEqualTo(plain);
    double step = 1e-5;
    for (int j = 0; j < y.length; j++) {
      double[] plus = moved(denoiser, y, s, j, step);
      double[] minus = moved(denoiser, y, s, j, -step);
      for (int v = 0; v < vectors.length; v++) {
        double expected = 0;
        for (int k = 0; k < y.length; k++) {
          expected += vectors[v][k] * (plus[k] - minus[k]) / (2 * step);
        }
        assertThat(products[v][j]).isCloseTo(expected, within(1e-8));
      }
    }
  }

  private static double[] moved(Denoiser denoiser, double[] y, double[] s, int j, double step) {
    double[] moved = y.clone();
    moved[j] += step;
    double[] out = new double[y.length];
    denoiser.denoise(moved, s, out);
    return out;
  }
}
