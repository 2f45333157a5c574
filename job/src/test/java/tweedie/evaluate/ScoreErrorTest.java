package tweedie.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tweedie.score.Copies;
import tweedie.score.CopyNoise;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;

class ScoreErrorTest {

  private static final int N = 20_000;

  /** A denoiser that is wrong by a known vector everywhere: its excess is known. */
  @Test
  void errorIsFloorAndExcess() {
    GaussianMixture mixture =
        new GaussianMixture(
            new double[] {0.4, 0.6}, new double[][] {{-1, 0}, {1, 1}}, new double[] {0.5, 0.3});
    double s = 0.6;
    double[] wrong = {0.05, -0.1};
    double[] errors = new double[N];
    double[] traces = new double[N];
    double[] apart = new double[N];
    double[] shrunk = new double[N];
    double fisher = 0;
    double score = 0;
    for (int i = 0; i < N; i++) {
      double[] x = mixture.sample(1, new long[] {i});
      double[] y = Copies.of(x, new CopyNoise(s, 1), Draws.of(1, Purpose.NOISE, i, 0));
      double[] best = new double[2];
      mixture.denoise(y, new double[] {s}, best);
      traces[i] = mixture.posteriorCovarianceTrace(y, s);
      double[] truth = mixture.marginalScore(y, s);
      for (int j = 0; j < 2; j++) {
        double denoised = best[j] + wrong[j];
        errors[i] += Math.pow(denoised - x[j], 2);
        apart[i] += Math.pow(denoised - best[j], 2);
        shrunk[i] += Math.pow(best[j] - y[j], 2);
        fisher += Math.pow((denoised - y[j]) / (s * s) - truth[j], 2) / N;
        score += truth[j] * truth[j] / N;
      }
    }
    ScoreError found = ScoreError.of(s, 2, errors, traces, apart, shrunk);

    assertThat(found.excess().value()).isCloseTo(0.0125 / 2, within(1e-15));
    assertThat(found.fisher().value()).isCloseTo(fisher, within(1e-10));
    assertThat(found.relativeFisher().value()).isCloseTo(fisher / score, within(1e-10));
    double rest = found.error().value() - found.floor().value() - found.excess().value();
    assertThat(rest).isCloseTo(0, within(2 * found.error().halfWidth()));
    assertThat(found.floor().halfWidth()).isLessThan(found.error().halfWidth());
  }

  @Test
  void psnrIsInDecibels() {
    assertThat(Psnr.of(0.01, 1)).isCloseTo(20, within(1e-12));
    assertThat(Psnr.of(0.01, 10)).isCloseTo(40, within(1e-12));
  }

  @Test
  void aRatioHasTheIntervalOfBothItsParts() {
    double[] ones = new double[40];
    Arrays.fill(ones, 2);
    double[] numbers = new double[40];
    Arrays.setAll(numbers, i -> 1 + i % 2);

    assertThat(HalfSamples.ratioOfMeans(numbers, numbers)).isEqualTo(new Estimate(1, 1, 1));
    assertThat(HalfSamples.ratioOfMeans(numbers, ones).halfWidth())
        .isCloseTo(HalfSamples.ofMean(numbers).halfWidth() / 2, within(1e-12));
  }
}
