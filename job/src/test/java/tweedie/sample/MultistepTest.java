package tweedie.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tweedie.sample.Multistep.Rule;
import tweedie.score.Denoiser;
import tweedie.score.Mixtures;

class MultistepTest {

  private static final long SEED = 2211_01095L;
  private static final double MU = 0.3;
  private static final double TAU = 0.5;

  @ParameterizedTest
  @EnumSource
  void mapOnAGaussianIsTheExactOne(Rule rule) {
    assertThat(relativeError(rule, 1000)).isLessThan(2e-5);
  }

  static Stream<Arguments> orders() {
    return Stream.of(arguments(Rule.DPM_SOLVER, 160, 2), arguments(Rule.UNIPC, 40, 4));
  }

  @ParameterizedTest
  @MethodSource("orders")
  void errorFallsWithItsOrderInTheNumberOfLevels(Rule rule, int levels, int order) {
    double halved = relativeError(rule, levels) / relativeError(rule, 2 * levels);
    double again = relativeError(rule, 2 * levels) / relativeError(rule, 4 * levels);

    assertThat(Math.log(halved) / Math.log(2)).isCloseTo(order, within(0.4));
    assertThat(Math.log(again) / Math.log(2)).isCloseTo(order, within(0.4));
  }

  /** What remembers nothing yet is Euler's method in l. */
  @ParameterizedTest
  @EnumSource
  void aConstantDenoiserIsReachedInAnyStep(Rule rule) {
    double[] point = {0.2, -1, 3};
    Denoiser constant =
        new Denoiser() {
          @Override
          public int dimension() {
            return point.length;
          }

          @Override
          public void denoise(double[] y, double[] s, double[] out) {
            Arrays.setAll(out, j -> point[j % point.length]);
          }
        };
    NoiseLevels levels = NoiseLevels.karras(10, 0.1, 5, 7);
    double[] first = new ChainStart(new double[3], 10).draw(SEED, new long[] {4});
    double[][] seen = new double[levels.count()][];
    new Multistep(new ChainStart(new double[3], 10), levels, rule)
        .sample(constant, SEED, new long[] {4}, end -> seen[end.level()] = end.after());

    for (int level = 0; level + 1 < levels.count(); level++) {
      double share = levels.at(level + 1) / 10;
      for (int j = 0; j < point.length; j++) {
        assertThat(seen[level][j])
            .isCloseTo(point[j] + share * (first[j] - point[j]), within(1e-12));
      }
    }
    assertThat(seen[levels.count() - 1]).containsExactly(point);
  }

  @ParameterizedTest
  @EnumSource
  void aLevelCostsOneCall(Rule rule) {
    Samples samples = of(rule, 12).sample(Mixtures.overlapping(1), SEED, new long[] {1, 2});

    assertThat(samples.calls()).isEqualTo(12).isEqualTo(of(rule, 12).calls());
  }

  @Test
  void saysWhatItIs() {
    assertThat(of(Rule.DPM_SOLVER, 12).description())
        .isEqualTo("DPM-Solver++(2M): 12 noise levels from 80.00 to 0.0001000, then 0");
    assertThat(of(Rule.UNIPC, 12).description()).startsWith("UniPC of order 3: 12 noise levels");
  }

  /** As {@code HeunTest} measures Heun's method. */
  private static double relativeError(Rule rule, int levels) {
    Multistep sampler = of(rule, levels);
    double first = sampler.start().draw(SEED, new long[] {3})[0];
    double last = sampler.sample(Mixtures.gaussian(1, MU, TAU), SEED, new long[] {3}).images()[0];
    double exact = TAU / Math.hypot(TAU, sampler.start().noise());
    return Math.abs((last - MU) / (first - MU) / exact - 1);
  }

  private static Multistep of(Rule rule, int levels) {
    return new Multistep(
        new ChainStart(new double[] {MU}, 80), NoiseLevels.karras(80, 1e-4, levels, 7), rule);
  }
}
