package tweedie.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tweedie.score.Denoiser;
import tweedie.score.GaussianMixture;

class LevelErrorTest {

  private static final GaussianMixture MIXTURE =
      new GaussianMixture(
          new double[] {0.7, 0.3}, new double[][] {{0, 0, 0}, {1, 2, 0}}, new double[] {0.5, 0.2});
  private static final int N = 4000;
  private static final double[] IMAGES = MIXTURE.sample(1, LongStream.range(0, N).toArray());

  private static LevelError of(Denoiser denoiser, double s) {
    return LevelError.of(denoiser, Optional.of(MIXTURE), IMAGES, s, 7);
  }

  @Test
  void theOracleHasNoExcessAndTheErrorOfTheFloor() {
    for (double s : new double[] {0.1, 0.5, 2}) {
      LevelError error = of(MIXTURE, s);
      assertThat(error.s()).isEqualTo(s);
      assertThat(error.excess()).isZero();
      assertThat(error.fisher()).isZero();
      assertThat(error.error()).isCloseTo(error.floor(), within(0.1 * error.floor()));
    }
  }

  /** mmse / d = s^2 - s^4 E|score|^2 / d, in two estimates of the same expectation. */
  @Test
  void floorAndScoreAreOfOneDistribution() {
    LevelError error = of(MIXTURE, 0.5);
    double fromScore = 0.25 - 0.0625 * error.score() / 3;
    assertThat(error.floor()).isCloseTo(fromScore, within(0.05 * fromScore));
  }

  /** D = y has the score 0, so its Fisher divergence is the whole score and its error s^2. */
  @Test
  void returningTheInputErrsByTheWholeScore() {
    Denoiser identity =
        new Denoiser() {
          @Override
          public int dimension() {
            return 3;
          }

          @Override
          public void denoise(double[] y, double[] s, double[] out) {
            System.arraycopy(y, 0, out, 0, y.length);
          }
        };
    LevelError error = of(identity, 0.5);
    assertThat(error.fisher()).isCloseTo(error.score(), within(1e-9 * error.score()));
    assertThat(error.excess()).isCloseTo(error.fisher() * 0.0625 / 3, within(1e-12));
    assertThat(error.error()).isCloseTo(0.25, within(0.25 * 5 * Math.sqrt(2.0 / (3 * N))));
  }

  @Test
  void withoutADistributionThereIsOnlyTheError() {
    LevelError known = of(MIXTURE, 0.5);
    LevelError unknown = LevelError.of(MIXTURE, Optional.empty(), IMAGES, 0.5, 7);
    assertThat(unknown).isEqualTo(new LevelError(0.5, known.error(), null, null, null, null));
  }
}
