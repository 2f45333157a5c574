package tweedie.sample;

import java.io.Serializable;
import java.util.Arrays;
import tweedie.score.Denoiser;

/**
 * Turns a denoiser into new images. A sampler is its settings and nothing else.
 *
 * <p>Every random number of a chain comes from (seed, CHAIN, chain, step) and a denoiser treats the
 * rows of a batch one by one, so the image of a chain does not depend on how chains are split over
 * tasks, nor on the chains it shares a batch with; but for rounding, where a denoiser's native
 * operations round differently for another number of rows (a network: about 1e-7 a call).
 */
public interface Sampler extends Serializable {

  /**
   * Runs one chain for each number in {@code chains} to its final image.
   *
   * @param denoiser E[x | y]; stays open
   * @param seed seed of the run
   * @param chains numbers of the chains, [n]
   * @param observer told about every finished noise level
   * @return the final images, in the order of {@code chains}
   * @throws IllegalArgumentException if the denoiser has another dimension than the start
   */
  Samples sample(Denoiser denoiser, long seed, long[] chains, LevelObserver observer);

  /** Where chains begin. */
  ChainStart start();

  /** The noise levels that chains go down. */
  NoiseLevels levels();

  /**
   * The variance of a chain's noise over s^2 at the last call of the denoiser at each level, if the
   * data were one point: at 1 the denoiser sees the noise it expects. 1 throughout for methods that
   * follow the levels exactly.
   *
   * @return [L]
   */
  default double[] predictedVarianceRatios() {
    double[] ratios = new double[levels().count()];
    Arrays.fill(ratios, 1);
    return ratios;
  }

  /** How often a chain calls the denoiser, about; at least so often where steps adapt. */
  default int calls() {
    return levels().count();
  }

  /** In one line for people, all that decides what a chain does but its start. */
  String description();

  /** {@link #sample(Denoiser, long, long[], LevelObserver)} with nobody watching. */
  default Samples sample(Denoiser denoiser, long seed, long[] chains) {
    return sample(denoiser, seed, chains, end -> {});
  }
}
