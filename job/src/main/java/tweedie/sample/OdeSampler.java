package tweedie.sample;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.commons.math3.exception.NotFiniteNumberException;
import org.apache.commons.math3.exception.NumberIsTooSmallException;
import org.apache.commons.math3.ode.FirstOrderDifferentialEquations;
import org.apache.commons.math3.ode.nonstiff.DormandPrince853Integrator;
import tweedie.score.Denoiser;
import tweedie.score.Positive;

/**
 * The probability-flow ODE of the variance-exploding SDE (Song et al. 2021, arXiv 2011.13456,
 * equation 13) in the logarithm of the noise, dx / d ln s = x - D(x, s), by the adaptive
 * Dormand-Prince method of order 8(5,3), and from the smallest noise the jump to D. In ln s the
 * slope does not grow as the noise vanishes.
 *
 * <p>Every chain is integrated alone, with its own steps: a shared step size would let the images
 * of a batch depend on each other.
 *
 * @param start where chains begin; its noise is normally {@code max}
 * @param max largest noise
 * @param min smallest noise, &lt; max
 * @param tolerance error of a step allowed in each pixel, absolute and relative, &gt; 0
 */
public record OdeSampler(ChainStart start, double max, double min, double tolerance)
    implements Sampler {

  /**
   * In ln s. Steps of a smooth flow are a hundred times longer at any tolerance that makes sense.
   */
  private static final double SMALLEST_STEP = 1e-3;

  /**
   * @throws IllegalArgumentException if the noise does not fall or the tolerance is not positive
   */
  public OdeSampler {
    new NoiseLevels(List.of(max, min));
    Positive.require("The tolerance of the ODE", tolerance);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if the tolerance cannot be kept, as when it is smaller than the
   *     rounding of the denoiser
   */
  @Override
  public Samples sample(Denoiser denoiser, long seed, long[] chains, LevelObserver observer) {
    Samples[] samples = new Samples[chains.length];
    LevelEnd[] ends = new LevelEnd[chains.length];
    for (int i = 0; i < chains.length; i++) {
      ChainBatch alone = new ChainBatch(denoiser, start, seed, new long[] {chains[i]});
      samples[i] = flow(alone, chains[i]);
      int row = i;
      alone.levelDone(0, min, end -> ends[row] = end);
    }
    observer.levelDone(LevelEnd.joined(ends));
    return new Samples(
        Arrays.stream(samples).flatMapToDouble(s -> Arrays.stream(s.images())).toArray(),
        Arrays.stream(samples).flatMapToLong(s -> LongStream.of(s.chains())).toArray(),
        Arrays.stream(samples).flatMapToLong(s -> LongStream.of(s.diverged())).toArray(),
        (long) Math.ceil(Arrays.stream(samples).mapToLong(Samples::calls).average().orElse(0)));
  }

  /** The smallest noise alone: where the steps end in between is each chain's own affair. */
  @Override
  public NoiseLevels levels() {
    return new NoiseLevels(List.of(min));
  }

  @Override
  public String description() {
    return Words.of(
        "probability-flow ODE: noise from %.4g to %.4g, tolerance %.4g", max, min, tolerance);
  }

  /** Follows the flow of one chain. */
  private Samples flow(ChainBatch batch, long chain) {
    double[] x = batch.x().clone();
    double range = Math.log(max / min);
    try {
      new DormandPrince853Integrator(SMALLEST_STEP, range, tolerance, tolerance)
          .integrate(new Flow(batch), Math.log(max), x, Math.log(min), x);
    } catch (NotFiniteNumberException e) {
      Arrays.fill(x, Double.NaN); // which stops the chain
    } catch (NumberIsTooSmallException e) {
      throw new IllegalStateException(
          "The ODE of chain %d cannot be solved to the tolerance %s: the steps fell below %s in ln s, as they do when the tolerance is smaller than the rounding of the denoiser"
              .formatted(chain, tolerance, SMALLEST_STEP),
          e);
    }
    batch.move(x);
    batch.move(batch.denoise(batch.x(), min));
    return batch.samples();
  }

  /** dx / d ln s = x - D(x, s). */
  private record Flow(ChainBatch batch) implements FirstOrderDifferentialEquations {

    @Override
    public int getDimension() {
      return batch.x().length;
    }

    @Override
    public void computeDerivatives(double logNoise, double[] x, double[] slope) {
      double[] denoised = batch.denoise(x, Math.exp(logNoise));
      for (int j = 0; j < x.length; j++) {
        slope[j] = x[j] - denoised[j];
        if (!Double.isFinite(slope[j])) {
          throw new NotFiniteNumberException(slope[j]);
        }
      }
    }
  }
}
