package tweedie.sample;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import tweedie.score.Denoiser;
import tweedie.score.NoiseSchedule;

/**
 * Langevin dynamics with one step size h for all noise levels, as the program that this project
 * grew from had it: x += h grad log p_s(x) + sqrt(2 h) z. For comparison only.
 *
 * <p>A step that is stable at the smallest noise hardly moves at the largest ones, so a chain
 * arrives at the next level with far more noise than the denoiser expects: see {@link
 * #predictedVarianceRatios}. {@link AnnealedLangevin} takes steps proportional to s^2 instead.
 *
 * @param start where chains begin
 * @param levels the noise levels
 * @param h step size, in squared units of the data, 0 &lt; h &lt; 2 s_L^2
 * @param stepsPerLevel steps T at every level, at least 1
 */
public record SeedSchedule(ChainStart start, NoiseLevels levels, double h, int stepsPerLevel)
    implements Sampler {

  /**
   * @throws IllegalArgumentException if the step size is unstable or there is no step
   */
  public SeedSchedule {
    double last = levels.at(levels.count() - 1);
    if (!(h > 0 && h < 2 * last * last)) {
      throw new IllegalArgumentException(
          Words.of(
              "The Langevin step must be between 0 and %.4g to be stable at noise %.4g, not %s",
              2 * last * last, last, h));
    }
    if (stepsPerLevel < 1) {
      throw new IllegalArgumentException(
          "There must be at least one Langevin step a level, not " + stepsPerLevel);
    }
  }

  /**
   * The original settings: 5000 steps of 1e-4 at the times 1, 0.625, 0.125, ..., 0.001 of the
   * variance-exploding SDE with sigma 25.
   *
   * @param mean mean of the data, [d]
   */
  public static SeedSchedule original(double[] mean) {
    NoiseSchedule.Ve ve = new NoiseSchedule.Ve(25, 0.001, 1);
    NoiseLevels levels =
        new NoiseLevels(
            DoubleStream.of(1, 0.625, 0.125, 0.025, 0.005, 0.001).map(ve::std).boxed().toList());
    return new SeedSchedule(new ChainStart(mean, ve.max()), levels, 1e-4, 5000);
  }

  @Override
  public Samples sample(Denoiser denoiser, long seed, long[] chains, LevelObserver observer) {
    ChainBatch batch = new ChainBatch(denoiser, start, seed, chains);
    AnnealedLangevin.walk(batch, levels, stepsPerLevel, s -> h, observer);
    return batch.samples();
  }

  @Override
  public double[] predictedVarianceRatios() {
    return AnnealedLangevin.varianceRatios(start.noise(), levels, s -> h / (s * s), stepsPerLevel);
  }

  @Override
  public int calls() {
    return levels().count() * stepsPerLevel;
  }

  @Override
  public String description() {
    return Words.of(
        "fixed-step Langevin: %s, %d steps of %.4g at each, variance ratios up to %.3g",
        levels, stepsPerLevel, h, Arrays.stream(predictedVarianceRatios()).max().orElseThrow());
  }
}
