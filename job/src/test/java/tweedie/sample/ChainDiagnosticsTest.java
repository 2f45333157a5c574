package tweedie.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class ChainDiagnosticsTest {

  private static final long SEED = 1903_08008L;

  /**
   * Computed with NumPy from the formulas of the paper; the first has equal draws and odd length.
   */
  @Test
  void smallChainsHaveTheNumbersOfAnotherProgram() {
    double[][] tied = new double[3][41];
    for (int m = 0; m < 3; m++) {
      for (int i = 0; i < 41; i++) {
        double x = Math.sin(1.7 * i + m) + 0.3 * Math.cos(0.2 * i * i) + 0.02 * m * i;
        tied[m][i] = Math.rint(10 * (x + (i % 7 == 0 ? 0.5 : 0))) / 10;
      }
    }
    assertThat(ChainDiagnostics.splitRHat(tied)).isCloseTo(1.1714025014817662, within(1e-9));
    assertThat(ChainDiagnostics.effectiveSampleSize(tied))
        .isCloseTo(22.46994173378969, within(1e-7));
    assertThat(ChainDiagnostics.autocorrelationTime(tied))
        .isCloseTo(4.603992044012594, within(1e-9));

    double[][] slow = new double[4][60];
    for (int m = 0; m < 4; m++) {
      for (int i = 0; i < 60; i++) {
        slow[m][i] = Math.cos(0.11 * i + m * 2) + 0.2 * Math.sin(2.3 * i * m);
      }
    }
    assertThat(ChainDiagnostics.splitRHat(slow)).isCloseTo(1.1451301071755127, within(1e-9));
    assertThat(ChainDiagnostics.effectiveSampleSize(slow))
        .isCloseTo(19.047179430555968, within(1e-7));
    assertThat(ChainDiagnostics.autocorrelationTime(slow))
        .isCloseTo(13.695980835357807, within(1e-9));
  }

  @Test
  void independentDrawsAreAsManyAsTheyAre() {
    double[][] draws = autoregressive(4, 5000, 0);

    assertThat(ChainDiagnostics.autocorrelationTime(draws)).isCloseTo(1, within(0.08));
    assertThat(ChainDiagnostics.effectiveSampleSize(draws)).isCloseTo(20000, withinPercentage(8));
    assertThat(ChainDiagnostics.splitRHat(draws)).isBetween(0.999, 1.003);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.9, 0.5, -0.5})
  void timeOfAnAutoregressionIsTheClosedForm(double phi) {
    double[][] draws = autoregressive(4, 20000, phi);
    double tau = (1 + phi) / (1 - phi);

    assertThat(ChainDiagnostics.autocorrelationTime(draws)).isCloseTo(tau, withinPercentage(10));
    assertThat(ChainDiagnostics.effectiveSampleSize(draws))
        .isCloseTo(80000 / tau, withinPercentage(10));
  }

  @Test
  void sizeAndBulkDoNotChangeWithTheScaleOfTheDraws() {
    double[][] draws = autoregressive(4, 200, 0.7);
    double[][] bent = map(draws, x -> Math.exp(3 * x));
    double[][] shifted = map(draws, x -> 8 - 4 * x);

    assertThat(ChainDiagnostics.effectiveSampleSize(bent))
        .isEqualTo(ChainDiagnostics.effectiveSampleSize(draws));
    assertThat(ChainDiagnostics.splitRHat(shifted))
        .isCloseTo(ChainDiagnostics.splitRHat(draws), within(1e-9));
    assertThat(ChainDiagnostics.autocorrelationTime(shifted))
        .isCloseTo(ChainDiagnostics.autocorrelationTime(draws), within(1e-9));
  }

  @Test
  void chainsThatDisagreeInPlaceOrWidthOrDriftAreSeen() {
    double[][] draws = autoregressive(4, 1000, 0);
    double[][] place = draws.clone();
    place[2] = Arrays.stream(draws[2]).map(x -> x + 1).toArray();
    double[][] width = draws.clone();
    width[2] = Arrays.stream(draws[2]).map(x -> 4 * x).toArray();
    double[][] drift = new double[4][1000];
    for (int m = 0; m < 4; m++) {
      for (int i = 0; i < 1000; i++) {
        drift[m][i] = draws[m][i] + 0.002 * i;
      }
    }

    assertThat(ChainDiagnostics.splitRHat(place)).isGreaterThan(1.05);
    assertThat(ChainDiagnostics.splitRHat(width)).isGreaterThan(1.05);
    assertThat(ChainDiagnostics.splitRHat(drift)).isGreaterThan(1.05);
    assertThat(ChainDiagnostics.effectiveSampleSize(place)).isLessThan(200);
  }

  @Test
  void whatIsNoSetOfChainsIsRefused() {
    assertThatThrownBy(() -> ChainDiagnostics.splitRHat(new double[][] {new double[5], {1, 2}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Diagnostics need at least one chain and 4 draws in each, as many in all, not chains of"
                + " [5, 2]");
    assertThatThrownBy(() -> ChainDiagnostics.effectiveSampleSize(new double[0][]))
        .hasMessageContaining("at least one chain");
    assertThatThrownBy(() -> ChainDiagnostics.autocorrelationTime(new double[1][3]))
        .hasMessageContaining("4 draws in each");
    assertThatThrownBy(() -> ChainDiagnostics.splitRHat(new double[][] {{1, 2, Double.NaN, 3}}))
        .hasMessage("Every draw of a chain must be finite");
  }

  /** x' = phi x + sqrt(1 - phi^2) z from its stationary density N(0, 1). */
  private static double[][] autoregressive(int chains, int draws, double phi) {
    double[][] x = new double[chains][draws];
    for (int m = 0; m < chains; m++) {
      Draws noise = Draws.of(SEED, Purpose.CHAIN, m, 0);
      x[m][0] = noise.gaussian();
      for (int i = 1; i < draws; i++) {
        x[m][i] = phi * x[m][i - 1] + Math.sqrt(1 - phi * phi) * noise.gaussian();
      }
    }
    return x;
  }

  private static double[][] map(double[][] chains, DoubleUnaryOperator f) {
    return Arrays.stream(chains)
        .map(chain -> Arrays.stream(chain).map(f).toArray())
        .toArray(double[][]::new);
  }
}
