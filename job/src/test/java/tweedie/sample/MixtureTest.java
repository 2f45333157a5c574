package tweedie.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tweedie.sample.AnnealedLangevin.Ending;
import tweedie.sample.Multistep.Rule;
import tweedie.sample.walk.Friction;
import tweedie.sample.walk.Friction.Per;
import tweedie.sample.walk.Integrator;
import tweedie.sample.walk.Integrator.Scheme;
import tweedie.sample.walk.OneAtATime;
import tweedie.sample.walk.WalkJump;
import tweedie.score.GaussianMixture;
import tweedie.score.Mixtures;
import tweedie.score.Moments;

/**
 * Every sampler with the exact denoiser of two unlike modes far apart: 0.8 of the images around
 * (-4, -4), 0.2 around (4, 4), standard deviation 1.
 */
class MixtureTest {

  private static final long SEED = 5;
  private static final double[] MEAN = {-2.4, -2.4};
  private static final int SETS = 8;
  private static final int SET = 4000;
  private static final GaussianMixture MIXTURE =
      new GaussianMixture(
          new double[] {0.8, 0.2}, new double[][] {{-4, -4}, {4, 4}}, new double[] {1, 1});

  /**
   * Mean sliced W2 of two sets of exact draws. It is mostly by how much the numbers of images in
   * the modes happen to differ, so one pair of sets says little.
   */
  private static double floor;

  @BeforeAll
  static void measureTheFloor() {
    floor = (distanceToReal(real(1)) + distanceToReal(real(2))) / 2;
  }

  static Stream<Arguments> fewCalls() {
    ChainStart start = new ChainStart(MEAN, 40);
    NoiseLevels geometric = NoiseLevels.geometric(40, 0.03, 100);
    double g = 1 / geometric.largestRatio();
    return Stream.of(
        arguments(35, new Heun(start, NoiseLevels.karras(40, 0.01, 18, 7))),
        arguments(59, new Heun(start, NoiseLevels.karras(40, 0.01, 30, 7))),
        arguments(
            99, new Heun(start, NoiseLevels.karras(40, 0.01, 50, 7), new Churn(40, 0.05, 40, 1))),
        arguments(20, new Multistep(start, NoiseLevels.karras(40, 0.01, 20, 7), Rule.UNIPC)),
        arguments(22, new Multistep(start, NoiseLevels.karras(40, 0.01, 22, 7), Rule.DPM_SOLVER)),
        arguments(100, new ConsistentAnnealed(start, geometric, 1.01 * (1 - g), Ending.JUMP)),
        arguments(100, new OdeSampler(start, 40, 0.01, 1e-3)));
  }

  @ParameterizedTest
  @MethodSource("fewCalls")
  void atMostAHundredCallsDrawLikeTheMixtureItself(int calls, Sampler sampler) {
    Samples samples = sampler.sample(MIXTURE, SEED, Mixtures.ids(SETS * SET));
    Modes modes = Modes.of(samples.images());

    assertThat(samples.diverged()).isEmpty();
    assertThat(samples.calls()).isLessThanOrEqualTo(calls);
    assertThat(modes.weight()).isCloseTo(0.8, within(0.02));
    assertThat(modes.variance()).isCloseTo(1, within(0.05));
    assertThat(distanceToReal(samples.images())).isLessThan(1.5 * floor);
  }

  @Test
  void twelveCallsOfTheTwoStepMethodAreEnoughForTheDistance() {
    NoiseLevels levels = NoiseLevels.karras(40, 0.01, 12, 7);
    Multistep sampler = new Multistep(new ChainStart(MEAN, 40), levels, Rule.DPM_SOLVER);
    Samples samples = sampler.sample(MIXTURE, SEED, Mixtures.ids(SETS * SET));

    assertThat(samples.calls()).isEqualTo(12);
    assertThat(Modes.of(samples.images()).weight()).isCloseTo(0.8, within(0.02));
    assertThat(distanceToReal(samples.images())).isLessThan(1.5 * floor);
  }

  static Stream<Arguments> manyCalls() {
    ChainStart start = new ChainStart(MEAN, 9.845);
    return Stream.of(
        arguments(
            1801,
            4000,
            new AnnealedLangevin(
                start, NoiseLevels.geometric(9.845, 0.0317, 30), 0.1, 60, Ending.JUMP)),
        arguments(
            200,
            4000,
            new PredictorCorrector(start, NoiseLevels.geometric(9.845, 0.03, 100), 0.1, 1)));
  }

  @ParameterizedTest
  @MethodSource("manyCalls")
  void modesKeepTheirWeightAndWidth(int calls, int n, Sampler sampler) {
    Samples samples = sampler.sample(MIXTURE, SEED, Mixtures.ids(n));
    Modes modes = Modes.of(samples.images());

    assertThat(samples.diverged()).isEmpty();
    assertThat(samples.calls()).isEqualTo(calls);
    assertThat(modes.weight()).isCloseTo(0.8, within(1.3 / Math.sqrt(n)));
    assertThat(modes.variance()).isCloseTo(1, within(0.08));
  }

  @Test
  void oneMeasurementAtATimeKeepsTheWeightThatAWalkAtItsLastNoiseNeverFinds() {
    int n = 1000;
    double s = 0.6;
    Friction friction = new Friction(Per.STEP, 1);
    OneAtATime oat =
        new OneAtATime(
            new ChainStart(MEAN, 7), 6, 100, new Integrator(Scheme.BAOAB, 6, 1, friction), 8);
    WalkJump walk =
        new WalkJump(
            new ChainStart(MEAN, 7), s, new Integrator(Scheme.BAOAB, s, 1, friction), 0, 1000, 1);
    Modes modes = Modes.of(oat.sample(MIXTURE, SEED, Mixtures.ids(n)).images());
    Modes stuck = Modes.of(walk.sample(MIXTURE, SEED, Mixtures.ids(n)).images());

    double error = 4 * Math.sqrt(0.8 * 0.2 / n);
    assertThat(modes.weight()).isCloseTo(0.8, within(error));
    assertThat(modes.variance() * (1 + s * s)).isCloseTo(1, within(0.1));
    assertThat(stuck.weight()).isLessThan(0.8 - error);
  }

  @Test
  void theSeedsScheduleDoesNotKeepThem() {
    Modes modes =
        Modes.of(
            SeedSchedule.original(new double[2]).sample(MIXTURE, SEED, Mixtures.ids(100)).images());

    assertThat(modes.weight()).isLessThan(0.8 - 3 * Math.sqrt(0.8 * 0.2 / 100));
    assertThat(modes.variance()).isGreaterThan(1.5);
  }

  @ParameterizedTest
  @MethodSource("walks")
  void jumpsHaveTheDistributionOfThePosteriorMean(Scheme scheme, double varianceError) {
    double s = 4;
    int n = 2000;
    WalkJump walk =
        new WalkJump(
            new ChainStart(MEAN, s),
            s,
            new Integrator(scheme, s, 1, new Friction(Per.STEP, 0.5)),
            150,
            1,
            1);
    double[] jumps = walk.sample(MIXTURE, SEED, Mixtures.ids(n)).images();
    double[] y = MIXTURE.sample(SEED, Mixtures.ids(SET));
    double[] z = new ChainStart(new double[2], s).draw(SEED, Mixtures.ids(SET));
    double[] levels = new double[SET];
    Arrays.fill(levels, s);
    for (int j = 0; j < y.length; j++) {
      y[j] += z[j];
    }
    MIXTURE.denoise(y, levels, y);
    Moments exact = new Moments();
    Moments walked = new Moments();
    for (int i = 0; i < SET; i++) {
      exact.add(y[2 * i] + y[2 * i + 1]);
    }
    for (int i = 0; i < n; i++) {
      walked.add(jumps[2 * i] + jumps[2 * i + 1]);
    }

    double error = Math.hypot(exact.error(), walked.error());
    assertThat(walked.mean()).isCloseTo(exact.mean(), within(4 * error));
    assertThat(walked.variance() / exact.variance()).isCloseTo(1, within(varianceError));
  }

  static Stream<Arguments> walks() {
    return Stream.of(
        arguments(Scheme.ABOBA, 0.1),
        arguments(Scheme.BAOAB, 0.1),
        arguments(Scheme.OVERDAMPED, 0.25));
  }

  /**
   * The two sides of the line between the modes.
   *
   * @param weight share of the images on the side of (-4, -4)
   * @param variance of a pixel around the mean of its side, over all images
   */
  private record Modes(double weight, double variance) {

    static Modes of(double[] images) {
      int n = images.length / 2;
      double[] count = new double[2];
      double[][] sum = new double[2][2];
      double squares = 0;
      for (int i = 0; i < n; i++) {
        int side = images[2 * i] + images[2 * i + 1] < 0 ? 0 : 1;
        count[side]++;
        for (int j = 0; j < 2; j++) {
          sum[side][j] += images[2 * i + j];
          squares += images[2 * i + j] * images[2 * i + j];
        }
      }
      for (int side = 0; side < 2; side++) {
        for (int j = 0; j < 2; j++) {
          squares -= sum[side][j] * sum[side][j] / Math.max(1, count[side]);
        }
      }
      return new Modes(count[0] / n, squares / (2 * (n - 2)));
    }
  }

  /** Exact draws, as many as are compared with them. */
  private static double[] real(long seed) {
    return MIXTURE.sample(seed, Mixtures.ids(SETS * SET));
  }

  /** The mean sliced W2 between a set of these images and one of exact draws. */
  private static double distanceToReal(double[] images) {
    double[] real = real(0);
    double mean = 0;
    for (int set = 0; set < SETS; set++) {
      int from = set * 2 * SET;
      int to = from + 2 * SET;
      mean +=
          slicedDistance(Arrays.copyOfRange(images, from, to), Arrays.copyOfRange(real, from, to))
              / SETS;
    }
    return mean;
  }

  /** Sliced W2 over 50 directions in equal angles. */
  private static double slicedDistance(double[] a, double[] b) {
    int directions = 50;
    double sum = 0;
    for (int k = 0; k < directions; k++) {
      double angle = Math.PI * (k + 0.5) / directions;
      double[] onA = sortedProjection(a, angle);
      double[] onB = sortedProjection(b, angle);
      for (int i = 0; i < onA.length; i++) {
        sum += (onA[i] - onB[i]) * (onA[i] - onB[i]) / onA.length;
      }
    }
    return Math.sqrt(sum / directions);
  }

  private static double[] sortedProjection(double[] images, double angle) {
    double[] projection = new double[images.length / 2];
    for (int i = 0; i < projection.length; i++) {
      projection[i] = Math.cos(angle) * images[2 * i] + Math.sin(angle) * images[2 * i + 1];
    }
    Arrays.sort(projection);
    return projection;
  }
}
