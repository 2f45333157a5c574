package tweedie.evaluate.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.Moments;

class DivergenceTest {

  private static final int D = 12;
  private static final int PROBES = 40_000;

  private static double[][] symmetric() {
    Draws draws = Draws.of(4, Purpose.NOISE, 0, 0);
    double[][] a = new double[D][D];
    for (int i = 0; i < D; i++) {
      for (int j = 0; j <= i; j++) {
        a[i][j] = draws.gaussian();
        a[j][i] = a[i][j];
      }
    }
    return a;
  }

  private static double form(double[][] a, double[] v) {
    double sum = 0;
    for (int i = 0; i < D; i++) {
      for (int j = 0; j < D; j++) {
        sum += v[i] * a[i][j] * v[j];
      }
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource(Probe.class)
  void estimatesHaveTheMeanAndVarianceOfHutchinson(Probe probe) {
    double[][] a = symmetric();
    double trace = 0;
    double variance = 0;
    for (int i = 0; i < D; i++) {
      trace += a[i][i];
      for (int j = 0; j < D; j++) {
        boolean counts = i != j || probe == Probe.GAUSSIAN;
        variance += counts ? 2 * a[i][j] * a[i][j] : 0;
      }
    }
    Divergence hutchinson = new Divergence.Hutchinson(probe, 1);
    Moments moments = new Moments();
    for (int id = 0; id < PROBES; id++) {
      moments.add(form(a, hutchinson.vector(1, id, 0, 0, D)));
    }
    assertThat(moments.mean()).isCloseTo(trace, within(4 * moments.error()));
    assertThat(moments.variance()).isCloseTo(variance, within(0.05 * variance));
  }

  @Test
  void unitVectorsGiveTheTraceItself() {
    double[][] a = symmetric();
    Divergence exact = new Divergence.Exact();
    double trace = 0;
    double sum = 0;
    for (int i = 0; i < exact.vectors(D); i++) {
      trace += a[i][i];
      sum += form(a, exact.vector(1, 5, 0, i, D));
    }
    assertThat(sum).isEqualTo(trace);
  }

  @Test
  void imagesRepeatsAndProbesHaveVectorsOfTheirOwn() {
    Divergence probes = new Divergence.Hutchinson(Probe.GAUSSIAN, 2);
    double[] vector = probes.vector(1, 5, 0, 0, D);
    assertThat(probes.vector(1, 5, 0, 0, D)).isEqualTo(vector);
    assertThat(probes.vector(2, 5, 0, 0, D)).isNotEqualTo(vector);
    assertThat(probes.vector(1, 6, 0, 0, D)).isNotEqualTo(vector);
    assertThat(probes.vector(1, 5, 1, 0, D)).isNotEqualTo(vector);
    assertThat(probes.vector(1, 5, 0, 1, D)).isNotEqualTo(vector);
  }
}
