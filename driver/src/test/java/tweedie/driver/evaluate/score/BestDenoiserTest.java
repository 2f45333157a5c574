package tweedie.driver.evaluate.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import tweedie.score.GaussianMixture;
import tweedie.score.PosteriorSums;

class BestDenoiserTest {

  /** Two images of two values, at two noises. */
  private static final NoisyImages NOISY =
      NoisyImages.of(new float[] {0, 0, 1, 1}, 2, 3, new double[] {0.5, 2});

  @Test
  void ofOneNormalDistributionItShrinksTowardsTheMean() {
    BestDenoiser best =
        new BestDenoiser.OfMixture(
            new GaussianMixture(new double[] {1}, new double[][] {{1, 1}}, new double[] {3}));
    double[] y = {4, 1};
    double[] s = {3};

    // variance 9 of the data beside 9 of the noise: half of the way, and half of the variance
    assertThat(best.of(0, y, s).denoised()).containsExactly(new double[] {2.5, 1}, within(1e-12));
    assertThat(best.of(0, y, s).traces()).containsExactly(new double[] {9}, within(1e-12));
  }

  @Test
  void ofDataItIsThePartOfWhatAllImagesSay() {
    PosteriorSums sums = new PosteriorSums(NOISY.y(), NOISY.s());
    sums.add(new double[][] {{0.25, 0.75}});
    double[] denoised = new double[NOISY.y().length];
    sums.denoised(denoised);
    BestDenoiser best = new BestDenoiser.Answers(denoised, sums.covarianceTraces());

    // of a single image there is no doubt
    assertThat(best.of(1, new double[4], new double[2]).denoised())
        .containsExactly(new double[] {0.25, 0.75, 0.25, 0.75}, within(1e-12));
    assertThat(best.of(3, new double[2], new double[1]).traces())
        .containsExactly(new double[] {0}, within(1e-12));
  }
}
