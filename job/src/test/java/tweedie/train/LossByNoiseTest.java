package tweedie.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

class LossByNoiseTest {

  @Test
  void everyPowerOfTwoBeginsItsBin() {
    for (int exponent = -12; exponent < 12; exponent++) {
      double from = Math.pow(2, exponent);
      for (double s : new double[] {from, 1.5 * from, Math.nextDown(2 * from)}) {
        LossByNoise losses = new LossByNoise();
        losses.add(s, 1, 1);
        assertThat(losses.bins(0))
            .singleElement()
            .satisfies(
                bin -> {
                  assertThat(bin.from()).as("bin of %s", s).isEqualTo(from);
                  assertThat(bin.to()).isEqualTo(2 * from);
                });
      }
    }
  }

  @Test
  void aBinHasTheMeansOfItsImagesBesideItsBaselines() {
    LossByNoise losses = new LossByNoise();
    losses.add(1, 4, 8);
    losses.add(1.5, 2, 1);
    losses.add(0.25, 16, 32);
    assertThat(losses.bins(0.09))
        .containsExactly(
            new LossByNoise.Bin(0.25, 0.5, 1, 32, 2, 0.09, 0.0625),
            new LossByNoise.Bin(1, 2, 2, 4.5, 1.25, 0.09, 1.625));
    assertThat(losses.mean()).isCloseTo(41.0 / 3, within(1e-13));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-300, 1e-5, 0.0002, 4096, 1e9, 1e300})
  void noiseLiesWithinTheBoundsOfItsBinHoweverLittleOrMuchItIs(double s) {
    LossByNoise losses = new LossByNoise();
    losses.add(s, 1, 3);
    assertThat(losses.mean()).isEqualTo(3);
    LossByNoise.Bin bin = losses.bins(0).get(0);
    assertThat(s).isGreaterThanOrEqualTo(bin.from()).isLessThan(bin.to());
    assertThat(bin.to()).isEqualTo(2 * bin.from());
  }

  @Test
  void theOrderInWhichWorkersAreAddedDoesNotMatter() {
    LossByNoise first = some(1);
    LossByNoise second = some(2);
    LossByNoise forward = new LossByNoise();
    forward.add(first);
    forward.add(second);
    LossByNoise backward = new LossByNoise();
    backward.add(second);
    backward.add(first);
    assertThat(forward.bins(1)).isEqualTo(backward.bins(1));
    assertThat(forward.mean())
        .isEqualTo(backward.mean())
        .isCloseTo((first.mean() + second.mean()) / 2, within(1e-12));
    assertThat(forward.bins(1).stream().mapToLong(LossByNoise.Bin::images).sum()).isEqualTo(200);
  }

  private static LossByNoise some(long seed) {
    Draws draws = Draws.of(seed, Purpose.NOISE, 0, 0);
    LossByNoise losses = new LossByNoise();
    for (int i = 0; i < 100; i++) {
      losses.add(Math.exp(draws.gaussian()), 1 + draws.uniform(), draws.uniform());
    }
    return losses;
  }

  @Test
  void noImagesHaveNoBins() {
    assertThat(new LossByNoise().bins(1)).isEqualTo(List.of());
  }

  @Test
  void answersThatKnowNothingAreTheWorseOfMeanAndInput() {
    LossByNoise losses = new LossByNoise();
    losses.add(0.5, 3, 3 * 4); // the mean pixel is 1 off, the input 0.25
    losses.add(2, 5, 5 * 8); // the input is 4 off
    assertThat(losses.overUselessAnswers(1)).isCloseTo((12 + 40) / (3.0 + 5 * 4), within(1e-12));
    assertThat(new LossByNoise().overUselessAnswers(1)).isZero();
  }
}
