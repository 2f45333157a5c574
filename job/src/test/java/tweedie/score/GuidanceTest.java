package tweedie.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import tweedie.sample.ChainStart;
import tweedie.sample.Heun;
import tweedie.sample.NoiseLevels;

class GuidanceTest {

  private static final GaussianMixture GOOD = Mixtures.gaussian(2, 0.3, 0.5);
  private static final GaussianMixture BAD = Mixtures.gaussian(2, 0.1, 0.9);
  private static final double[] S = {0.2, 0.5, 3};
  private static final double[] Y = {1, -1, 0.5, 0.2, 4, -2};

  private static double[] of(Denoiser denoiser) {
    double[] out = Y.clone();
    denoiser.denoise(out, S, out); // in place, as samplers may
    return out;
  }

  @Test
  void weight1ChangesNoBit() {
    assertThat(of(new Guidance(1, 0, 100).of(GOOD, BAD))).containsExactly(of(GOOD));
  }

  @Test
  void weight0IsTheGuide() {
    assertThat(of(new Guidance(0, 0, 100).of(GOOD, BAD))).containsExactly(of(BAD));
  }

  @Test
  void goesBeyondTheGuidedByWMinus1DifferencesWhereItActs() {
    double[] guided = of(new Guidance(2.5, 0.3, 1).of(GOOD, BAD));
    double[] good = of(GOOD);
    double[] bad = of(BAD);

    for (int j = 0; j < Y.length; j++) {
      boolean acts = j / 2 == 1; // at noise 0.5 alone
      assertThat(guided[j])
          .isCloseTo(good[j] + (acts ? 1.5 * (good[j] - bad[j]) : 0), within(1e-15));
    }
  }

  /**
   * Guiding a Gaussian of variance t^2 by one of the same mean and more variance, the flow ends in
   * a Gaussian of less: dx/ds = (x - D) / s is linear, with D - mu = (x - mu) (w t^2 / (t^2 + s^2)
   * - (w - 1) b^2 / (b^2 + s^2)), and (s^2 + t^2)^(w/2) / (s^2 + b^2)^((w-1)/2) solves it.
   */
  @Test
  void ofTwoGaussiansTheFlowIsKnown() {
    double t = 0.5;
    double b = 0.9;
    double w = 2;
    double max = 20;
    ChainStart start = new ChainStart(new double[1], max);
    Heun heun = new Heun(start, NoiseLevels.karras(max, 1e-3, 400, 7));
    long[] chains = {1, 2, 3};
    Denoiser guided =
        new Guidance(w, 0, 100).of(Mixtures.gaussian(1, 0, t), Mixtures.gaussian(1, 0, b));
    double[] ends = heun.sample(guided, 1, chains).images();
    double[] begins =
        new Heun(start, NoiseLevels.karras(max, max, 1, 7))
            .sample(Mixtures.gaussian(1, 0, 1e9), 1, chains)
            .images(); // of data this wide, D is y

    for (int i = 0; i < chains.length; i++) {
      double shrunk =
          Math.pow(t * t / (max * max + t * t), w / 2)
              * Math.pow((max * max + b * b) / (b * b), (w - 1) / 2);
      assertThat(ends[i] / begins[i]).isCloseTo(shrunk, within(1e-4 * shrunk));
    }
  }

  @Test
  void refusesWhatCannotGuide() {
    Guidance guidance = new Guidance(2, 0, 1);

    assertThatThrownBy(() -> guidance.of(GOOD, Mixtures.gaussian(3, 0, 1)))
        .hasMessage("A denoiser of 3 values cannot guide one of 2");
    assertThatThrownBy(() -> new Guidance(Double.NaN, 0, 1))
        .hasMessage("The weight of guidance must be a number that is at least 0, not NaN");
    assertThatThrownBy(() -> new Guidance(2, 1, 0.5))
        .hasMessage(
            "Guidance must act from a smaller to a larger noise level, not from 1.0 to 0.5");
  }
}
