package tweedie.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tweedie.score.Denoiser;
import tweedie.score.GaussianMixture;
import tweedie.score.Guidance;
import tweedie.score.MixtureOfClasses;
import tweedie.score.Mixtures;

class ChainClassesTest {

  private static final GaussianMixture MIXTURE =
      new GaussianMixture(
          new double[] {0.7, 0.2, 0.1},
          new double[][] {{-3, 2}, {4, 4}, {0, -6}},
          new double[] {0.8, 0.5, 1.2});

  @Test
  void chainsDrawGivenClassesInTurn() {
    assertThat(ChainClasses.inTurn(List.of(3, 5)).of(1, new long[] {0, 1, 2, 7}))
        .containsExactly(3, 5, 3, 5);
  }

  @Test
  void chainsDrawClassesInProportionWhoeverTheirNeighboursAre() {
    int n = 20_000;
    ChainClasses classes = ChainClasses.inProportion(List.of(3L, 0L, 1L));
    int[] of = classes.of(1, Mixtures.ids(n));

    assertThat(Arrays.stream(of).filter(k -> k == 0).count() / (double) n)
        .isCloseTo(0.75, within(4 * Math.sqrt(0.75 * 0.25 / n)));
    assertThat(of).doesNotContain(1).contains(2);
    assertThat(classes.of(1, new long[] {17})[0]).isEqualTo(of[17]);
    assertThat(classes.of(2, Mixtures.ids(n))).isNotEqualTo(of);
  }

  @Test
  void everyClassOfAMixtureIsDrawnByItself() {
    int n = 6000;
    ChainClasses classes = ChainClasses.inTurn(List.of(0, 1, 2));
    Heun heun =
        new Heun(
            new ChainStart(MIXTURE.mean(), 40, MIXTURE.totalVariance() / 2),
            NoiseLevels.karras(40, 0.01, 40, 7));
    double[] x =
        heun.sample(classes.of(new MixtureOfClasses(MIXTURE)), 1, Mixtures.ids(n)).images();

    for (int k = 0; k < 3; k++) {
      double squares = 0;
      for (int i = k; i < n; i += 3) {
        squares += MIXTURE.squaredRadius(k, new double[] {x[2 * i], x[2 * i + 1]});
      }
      // chi-square of two degrees of freedom; the chains do not start quite as a class would
      assertThat(squares / (n / 3.0)).isCloseTo(2, within(0.15));
    }
  }

  @Test
  void classesInTheirShareMakeTheWholeMixture() {
    double[] y = {0.5, 1, 0.5, 1, 0.5, 1, 0.5, 1};
    double[] s = {2, 2, 2, 2};
    double[] told = new double[8];
    double[] whole = new double[8];
    MixtureOfClasses of = new MixtureOfClasses(MIXTURE);
    of.ofClasses(new int[] {0, 1, 2, -1}).denoise(y, s, told);
    of.denoise(y, s, whole);
    double[] r = MIXTURE.responsibilities(new double[] {0.5, 1}, 2);

    assertThat(r[0] * told[0] + r[1] * told[2] + r[2] * told[4]).isCloseTo(whole[0], within(1e-14));
    assertThat(told[6]).isEqualTo(whole[6]);
    assertThat(of.classes()).isEqualTo(3);
  }

  /** Guided by the whole mixture, a class's density is p(x | k)^w / p(x)^(w-1) at every noise. */
  @Test
  void guidanceByTheUntoldModelGoesFromOtherClasses() {
    ChainClasses classes = ChainClasses.inTurn(List.of(0));
    Denoiser told = classes.of(new MixtureOfClasses(MIXTURE));
    Denoiser guided = new Guidance(3, 0, 100).of(told, new MixtureOfClasses(MIXTURE));
    double[] y = {-1, 1};
    double[] s = {3};
    double[] out = new double[2];
    guided.forChains(1, new long[1]).denoise(y, s, out);

    double[] score = MIXTURE.marginalScore(y, 3);
    double[] ofClass = MIXTURE.alone(0).marginalScore(y, 3);
    for (int j = 0; j < 2; j++) {
      assertThat((out[j] - y[j]) / 9).isCloseTo(3 * ofClass[j] - 2 * score[j], within(1e-14));
    }
  }

  @Test
  void rowsOfNoChainHaveNoClass() {
    Denoiser told = ChainClasses.inTurn(List.of(0)).of(new MixtureOfClasses(MIXTURE));

    assertThatThrownBy(() -> told.denoise(new double[2], new double[1], new double[2]))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new MixtureOfClasses(MIXTURE).ofClasses(new int[] {3}))
        .hasMessage("A mixture of 3 components has not all of the classes [3]");
  }
}
