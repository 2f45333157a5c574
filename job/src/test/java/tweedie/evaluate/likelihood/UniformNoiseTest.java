package tweedie.evaluate.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;
import tweedie.data.Dequantized;
import tweedie.evaluate.likelihood.FlowSolver.Adaptive;
import tweedie.score.DifferentiableDenoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.Mixtures;

/** 8-bit images of uniform noise under the exact denoiser of their dequantizations. */
class UniformNoiseTest {

  private static final int D = 6;
  private static final int N = 20;
  private static final double S = 0.002;

  /** Of values uniform in [0, 1]: mean and variance of a normal distribution cut off there. */
  private static final class Uniform implements DifferentiableDenoiser {

    @Override
    public int dimension() {
      return D;
    }

    @Override
    public void denoise(double[] y, double[] s, double[] out) {
      denoise(y, s, out, new double[0][], new double[0][]);
    }

    @Override
    public void denoise(
        double[] y, double[] s, double[] out, double[][] vectors, double[][] products) {
      for (int j = 0; j < y.length; j++) {
        double low = -y[j] / s[j / D];
        double high = (1 - y[j]) / s[j / D];
        double mass = mass(low, high);
        double shift = (density(low) - density(high)) / mass;
        out[j] = y[j] + s[j / D] * shift;
        double variance = 1 + (low * density(low) - high * density(high)) / mass - shift * shift;
        for (int v = 0; v < vectors.length; v++) {
          products[v][j] = variance * vectors[v][j];
        }
      }
    }
  }

  private static double density(double x) {
    return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  private static double mass(double low, double high) {
    return Erf.erf(low / Math.sqrt(2), high / Math.sqrt(2)) / 2;
  }

  @Test
  void costsEightBitsUpToTheSmoothingOfTheEdges() {
    double[] mean = new double[D];
    Arrays.fill(mean, 0.5);
    FlowLikelihood flow =
        new FlowLikelihood(
            new DataNormal(mean, 1 / 12.0), 50, new Adaptive(1e-6), new Divergence.Exact());
    double[] y = new double[N * D];
    double expected = 0;
    for (int i = 0; i < N; i++) {
      float[] pixels = new float[D];
      Draws levels = Draws.of(1, Purpose.NOISE, i, 0);
      for (int j = 0; j < D; j++) {
        pixels[j] = levels.below(256) / 255f;
      }
      float[] filled = Dequantized.uniformly(pixels, LikelihoodDraws.dequantization(1, i, 0));
      for (int j = 0; j < D; j++) {
        y[i * D + j] = filled[j];
        expected += Math.log(mass(-filled[j] / S, (1 - filled[j]) / S)) / N;
      }
    }
    double logDensity = 0;
    for (FlowLikelihood.Density density :
        flow.logDensity(new Uniform(), y, S, 1, Mixtures.ids(N), 0)) {
      logDensity += density.logDensity()[0] / N;
    }
    assertThat(logDensity).isCloseTo(expected, within(1e-3));
    assertThat(PixelScale.UNIT.bits(logDensity, D)).isCloseTo(8, within(0.02));
  }
}
