package tweedie.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tweedie.score.Draws.Purpose;

class NoiseScheduleTest {

  private static final int N = 20_000;

  @Test
  void veSpansTheNoiseOfTheTutorial() {
    NoiseSchedule.Ve ve = new NoiseSchedule.Ve(25, 1e-3, 1);

    assertThat(ve.max()).isEqualTo(ve.std(1)).isCloseTo(9.845, within(5e-4));
    assertThat(ve.min()).isEqualTo(ve.std(1e-3)).isCloseTo(0.0317, within(5e-5));
  }

  @Test
  void veDrawsTimesUniformly() {
    NoiseSchedule.Ve ve = new NoiseSchedule.Ve(25, 1e-3, 1);
    double[] draws = draws(ve);

    assertThat(Arrays.stream(draws).min().orElseThrow()).isBetween(ve.min(), ve.std(2e-3));
    assertThat(Arrays.stream(draws).max().orElseThrow()).isBetween(ve.std(0.999), ve.max());
    assertThat(draws[N / 2]).isBetween(ve.std(0.485), ve.std(0.515));
  }

  @Test
  void logNormalStaysInItsRangeAndIsNormalWithin() {
    NoiseSchedule schedule = new NoiseSchedule.LogNormal(-1.2, 1.2, 0.002, 80);
    double[] draws = draws(schedule);

    assertThat(draws[0]).isGreaterThanOrEqualTo(0.002);
    assertThat(draws[N - 1]).isLessThanOrEqualTo(80);
    double fourErrors = 4 * 1.2 * Math.sqrt(Math.PI / 2 / N);
    assertThat(Math.log(draws[N / 2])).isCloseTo(-1.2, within(fourErrors));
    assertThat(Math.log(draws[(int) (0.8413 * N)])).isCloseTo(0, within(2 * fourErrors));
  }

  @Test
  void logNormalDrawsAgainOutsideItsRange() {
    double[] draws = draws(new NoiseSchedule.LogNormal(0, 2, 0.5, 2));

    assertThat(draws[0]).isBetween(0.5, 0.501);
    assertThat(draws[N - 1]).isBetween(1.999, 2.0);
  }

  @ParameterizedTest
  @CsvSource({
    // mean, std, min, max: all of the range far out on one side, on the other, beyond all doubles
    "3, 0.5, 0.002, 0.1",
    "-20, 1, 1, 80",
    "50, 0.001, 0.002, 80",
    "0, 1000, 0.9, 1.1",
    "-1.2, 1.2, 40, 40"
  })
  void logNormalDrawsWhereNearlyNoneOfItIs(double mean, double std, double min, double max) {
    double[] draws = draws(new NoiseSchedule.LogNormal(mean, std, min, max));

    assertThat(draws[0]).isBetween(min, max);
    assertThat(draws[N - 1]).isBetween(min, max);
  }

  @Test
  void logNormalIsNormalWithinARangeThatIsFarOut() {
    double[] draws = draws(new NoiseSchedule.LogNormal(0, 1, Math.exp(4), Math.exp(6)));

    assertThat(Math.log(draws[N / 2])).isCloseTo(4.1611, within(0.01));
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 2, 0.3, -0.2424038178892268",
    "4, 6, 0.5, 4.16109716567986",
    "19.5, 21, 0.25, 19.51470891227649",
    "30, 40, 0.9, 30.07657033703494",
    "-12, -8, 0.01, -8.548758805535499",
    "2000, 2001, 0.5, 2000.000346573474",
    "-0.5, 0.001, 0.999, 0.0005190746378499196"
  })
  void quantilesOfACutNormalAreThoseOfManyDigits(double low, double high, double u, double x) {
    assertThat(new TruncatedNormal(low, high).quantile(u)).isCloseTo(x, within(1e-8 * Math.abs(x)));
  }

  @Test
  void theNoiseOfTheMeanShrinksWithTheRootOfTheCopies() {
    assertThat(new CopyNoise(2, 16).s()).isEqualTo(0.5);
    assertThat(CopyNoise.ofMean(0.5, 16)).isEqualTo(new CopyNoise(2, 16));
  }

  @Test
  void weightingsAreTheirFormulas() {
    assertThat(Weighting.ERROR.at(0.2, 0.5)).isEqualTo(1);
    assertThat(Weighting.SCORE.at(0.2, 0.5)).isCloseTo(25, within(1e-12));
    assertThat(Weighting.EDM.at(0.2, 0.5)).isCloseTo(29, within(1e-12));
  }

  /** Sorted draws, one from each of N streams. */
  private static double[] draws(NoiseSchedule schedule) {
    double[] draws = new double[N];
    Arrays.setAll(draws, id -> schedule.draw(Draws.of(5, Purpose.LEVEL, id, 0)));
    Arrays.sort(draws);
    return draws;
  }
}
