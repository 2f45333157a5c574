package tweedie.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.data.ImageRows;
import tweedie.evaluate.likelihood.DataNormal;
import tweedie.evaluate.samples.ClassHistogram;
import tweedie.evaluate.samples.Modes;
import tweedie.score.GaussianMixture;
import tweedie.score.Mixtures;

class ChainStartTest {

  private static final long SEED = 2206_00364L;

  /** Three unlike modes, of which chains reach all from noise 10.93. */
  private static final GaussianMixture MIXTURE = Mixtures.unlikeModes();

  @Test
  void theVarianceOfTheDataWidensTheSameDraws() {
    double[] mean = {0.5, -1, 2};
    double[] narrow = new ChainStart(mean, 3).draw(SEED, new long[] {4, 9});
    double[] wide = new ChainStart(mean, 3, 7).draw(SEED, new long[] {4, 9});

    for (int j = 0; j < wide.length; j++) {
      assertThat((wide[j] - mean[j % 3]) / (narrow[j] - mean[j % 3]))
          .isCloseTo(4.0 / 3, within(1e-12));
    }
  }

  @Test
  void chainsStartWhereTheFlowOfTheLikelihoodEnds() {
    int n = 4000;
    double[] mean = {1, -2};
    double[] x = new ChainStart(mean, 2, 5).draw(SEED, Mixtures.ids(n));
    DataNormal end = new DataNormal(mean, 5);
    double radius = 0;
    for (int i = 0; i < n; i++) {
      radius += end.squaredRadius(new double[] {x[2 * i], x[2 * i + 1]}, 2) / n;
    }

    assertThat(radius).isCloseTo(1, within(4 * Math.sqrt(2.0 / (2 * n))));
  }

  @Test
  void modesKeepTheirWeightsFromTheLeastNoiseThatReachesThem() {
    int n = 20_000;
    double error = Math.sqrt(0.7 * 0.3 / n);
    double variance = MIXTURE.totalVariance() / 2;
    double[] weights = weights(new ChainStart(MIXTURE.mean(), 10.93, variance), n);

    assertThat(weights[0]).isCloseTo(0.7, within(3 * error));
    assertThat(weights[1]).isCloseTo(0.2, within(3 * Math.sqrt(0.2 * 0.8 / n)));
    assertThat(weights[2]).isCloseTo(0.1, within(3 * Math.sqrt(0.1 * 0.9 / n)));
    assertThat(weights(new ChainStart(MIXTURE.mean(), 10.93), n)[0])
        .as("with noise alone")
        .isGreaterThan(0.7 + 3 * error);
  }

  /** Shares of Heun's chains that end in each mode. */
  private static double[] weights(ChainStart start, int n) {
    double[] images =
        new Heun(start, NoiseLevels.karras(start.noise(), 0.01, 20, 7))
            .sample(MIXTURE, SEED, Mixtures.ids(n))
            .images();
    return new ClassHistogram(new Modes(MIXTURE).of(ImageRows.floats(images)), 3).shares();
  }

  @ParameterizedTest
  @CsvSource({"-0.1", "NaN", "Infinity"})
  void aVarianceThatIsNoneIsRefused(double variance) {
    assertThatThrownBy(() -> new ChainStart(new double[2], 1, variance))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The variance of the data that chains start with must be at least 0, not " + variance);
  }
}
