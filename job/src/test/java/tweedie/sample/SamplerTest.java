package tweedie.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tweedie.sample.AnnealedLangevin.Ending;
import tweedie.sample.walk.Friction;
import tweedie.sample.walk.Integrator;
import tweedie.sample.walk.Integrator.Scheme;
import tweedie.sample.walk.OneAtATime;
import tweedie.sample.walk.WalkJump;
import tweedie.score.Denoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.Mixtures;

/** What holds for every sampler. */
class SamplerTest {

  private static final int D = 5;
  private static final long SEED = 99;

  static Stream<Sampler> samplers() {
    ChainStart start = new ChainStart(new double[D], 3);
    return Stream.of(
        new AnnealedLangevin(start, NoiseLevels.geometric(3, 0.1, 12), 0.1, 3, Ending.JUMP),
        new Heun(start, NoiseLevels.karras(3, 0.1, 12, 7)),
        new Heun(start, NoiseLevels.karras(3, 0.1, 12, 7), new Churn(4, 0.2, 2, 1)),
        new ConsistentAnnealed(start, NoiseLevels.geometric(3, 0.1, 12), 0.4, Ending.JUMP),
        new OdeSampler(start, 3, 0.1, 1e-4),
        new PredictorCorrector(start, NoiseLevels.geometric(3, 0.1, 12), 0.16, 2),
        new SeedSchedule(start, NoiseLevels.geometric(3, 0.1, 5), 0.01, 4),
        new WalkJump(start, 0.6, walk(Scheme.OVERDAMPED), 5, 3, 2),
        new WalkJump(start, 0.6, walk(Scheme.ABOBA), 5, 3, 2),
        new WalkJump(start, 0.6, walk(Scheme.BAOAB), 5, 3, 2),
        new OneAtATime(start, 0.9, 4, walk(Scheme.OVERDAMPED), 3),
        new OneAtATime(start, 0.9, 4, walk(Scheme.ABOBA), 3),
        new OneAtATime(start, 0.9, 4, walk(Scheme.BAOAB), 3));
  }

  private static Integrator walk(Scheme scheme) {
    return new Integrator(scheme, 0.5, 1, new Friction(Friction.Per.TIME, 0.5));
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void anImageDoesNotDependOnTheBatchOfItsChain(Sampler sampler) {
    Denoiser denoiser = new Spreading(new long[0], -1);
    long[] chains = {0, 1, 2, 3, 1L << 40, 5, 6};
    double[] together = sampler.sample(denoiser, SEED, chains).images();
    double[] head = sampler.sample(denoiser, SEED, new long[] {0, 1, 2}).images();
    double[] tail = sampler.sample(denoiser, SEED, new long[] {6, 5, 1L << 40, 3}).images();

    assertThat(Arrays.copyOf(together, 3 * D)).containsExactly(head);
    for (int i = 3; i < 7; i++) {
      int j = 6 - i;
      assertThat(Arrays.copyOfRange(together, i * D, (i + 1) * D))
          .containsExactly(Arrays.copyOfRange(tail, j * D, (j + 1) * D));
    }
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void chainsAndSeedsGiveDifferentImages(Sampler sampler) {
    Denoiser denoiser = Mixtures.overlapping(D);
    double[] image = sampler.sample(denoiser, SEED, new long[] {1}).images();

    assertThat(image).isNotEqualTo(sampler.sample(denoiser, SEED, new long[] {2}).images());
    assertThat(image).isNotEqualTo(sampler.sample(denoiser, SEED + 1, new long[] {1}).images());
    assertThat(image).containsExactly(sampler.sample(denoiser, SEED, new long[] {1}).images());
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void aChainThatIsNotFiniteIsStoppedAndReported(Sampler sampler) {
    Samples all = sampler.sample(new Spreading(new long[0], 4), SEED, new long[] {3, 4, 5, 6});
    Samples others = sampler.sample(new Spreading(new long[0], -1), SEED, new long[] {3, 5, 6});

    assertThat(all.diverged()).containsExactly(4);
    assertThat(all.chains()).containsExactly(3, 5, 6);
    assertThat(all.images()).containsExactly(others.images());
    assertThat(others.diverged()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void aDenoiserOfAnotherSizeIsRefused(Sampler sampler) {
    assertThatThrownBy(() -> sampler.sample(Mixtures.overlapping(4), SEED, new long[] {1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Chains start from images of 5 pixels, but the denoiser is for 4");
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void aSamplerTravelsToAnotherProcess(Sampler sampler) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(sampler);
    }
    Sampler copy;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      copy = (Sampler) in.readObject();
    }

    Denoiser denoiser = Mixtures.overlapping(D);
    assertThat(copy.sample(denoiser, SEED, new long[] {1}).images())
        .containsExactly(sampler.sample(denoiser, SEED, new long[] {1}).images());
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void theObserverHearsOfEveryLevelInItsOrder(Sampler sampler) {
    List<Double> heard = new ArrayList<>();
    long[] counted = new long[1];
    Samples samples =
        sampler.sample(
            Mixtures.overlapping(D),
            SEED,
            new long[] {1, 2},
            end -> {
              assertThat(end.level()).isEqualTo(heard.size());
              assertThat(end.calls()).isGreaterThanOrEqualTo(counted[0]);
              assertThat(end.chains()).containsExactly(1, 2);
              counted[0] = end.calls();
              heard.add(end.s());
            });

    assertThat(heard).isEqualTo(sampler.levels().values());
    assertThat(sampler.predictedVarianceRatios()).hasSameSizeAs(heard);
    assertThat(samples.calls()).isBetween(counted[0], counted[0] + 1);
    assertThat(sampler.description()).contains("noise");
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void aChainCallsTheDenoiserAsOftenAsTheSamplerSays(Sampler sampler) {
    requireCalls(sampler);
  }

  @Test
  void whoseChainsEndInAWalkIsSparedTheJump() {
    ChainStart start = new ChainStart(new double[D], 3);
    requireCalls(
        new AnnealedLangevin(start, NoiseLevels.geometric(3, 0.1, 12), 0.1, 3, Ending.WALK));
    requireCalls(
        new ConsistentAnnealed(start, NoiseLevels.geometric(3, 0.1, 12), 0.4, Ending.WALK));
  }

  private static void requireCalls(Sampler sampler) {
    Counting denoiser = new Counting(Mixtures.overlapping(D), new AtomicInteger());
    Samples samples = sampler.sample(denoiser, SEED, new long[] {7});

    assertThat(samples.calls()).isEqualTo(denoiser.calls().get());
    if (sampler instanceof OdeSampler) {
      assertThat(sampler.calls()).isLessThanOrEqualTo(denoiser.calls().get());
    } else {
      assertThat(sampler.calls()).isEqualTo(denoiser.calls().get());
    }
  }

  @Test
  void startKeepsItsOwnMean() {
    double[] mean = {1, 2};
    ChainStart start = new ChainStart(mean, 1);
    mean[0] = 9;
    start.mean()[1] = 9;

    assertThat(start.mean()).containsExactly(1, 2);
  }

  /** A denoiser whose calls are counted. */
  private record Counting(Denoiser denoiser, AtomicInteger calls) implements Denoiser {

    @Override
    public int dimension() {
      return denoiser.dimension();
    }

    @Override
    public void denoise(double[] y, double[] s, double[] out) {
      calls.incrementAndGet();
      denoiser.denoise(y, s, out);
    }
  }

  /**
   * A mixture that adds random numbers of its own for each chain, as a network of stacked copies
   * does, and answers NaN to the chain {@code broken} once the noise is below 1.
   */
  private record Spreading(long[] chains, long broken) implements Denoiser {

    @Override
    public int dimension() {
      return D;
    }

    @Override
    public Denoiser forChains(long seed, long[] chains) {
      return new Spreading(chains, broken);
    }

    @Override
    public void denoise(double[] y, double[] s, double[] out) {
      assertThat(chains).hasSameSizeAs(s);
      assertThat(Arrays.stream(y)).allMatch(Double::isFinite);
      Mixtures.overlapping(D).denoise(y, s, out);
      for (int i = 0; i < s.length; i++) {
        Draws draws = Draws.of(SEED, Purpose.SPREAD, chains[i], 0);
        for (int j = 0; j < D; j++) {
          out[i * D + j] += 0.01 * draws.gaussian();
        }
        if (chains[i] == broken && s[i] < 1) {
          out[i * D + 2] = Double.NaN;
        }
      }
    }
  }
}
