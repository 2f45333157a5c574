package tweedie.sample;

import java.util.Arrays;
import java.util.stream.IntStream;
import tweedie.score.Denoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * The chains of one call of a sampler: their positions, their random numbers and the calls of the
 * denoiser they cost.
 *
 * <p>A chain with a value that is not finite is stopped: it stays in the batch, parked at the mean
 * of the start, so that the rows of the others keep their places and the denoiser sees finite
 * numbers only.
 */
final class Batch {

  private final Denoiser denoiser;
  private final double[] parking;
  private final long seed;
  private final long[] chains;
  private final boolean[] stopped;
  private double[] x;
  private long calls;

  Batch(Denoiser denoiser, Start start, long seed, long[] chains) {
    this.parking = start.mean();
    if (denoiser.dimension() != parking.length) {
      throw new IllegalArgumentException(
          "Chains start from images of "
              + parking.length
              + " pixels, but the denoiser is for "
              + denoiser.dimension());
    }
    this.denoiser = denoiser.forChains(seed, chains);
    this.seed = seed;
    this.chains = chains.clone();
    this.stopped = new boolean[chains.length];
    this.x = new double[chains.length * parking.length];
    for (int i = 0; i < chains.length; i++) {
      double[] first = start.draw(Draws.of(seed, Purpose.CHAIN, chains[i], 0));
      System.arraycopy(first, 0, x, i * first.length, first.length);
    }
  }

  /** Positions of the chains, [n, d]. */
  double[] x() {
    return x;
  }

  /**
   * Moves the chains, except those that were stopped or now are.
   *
   * @param to new positions, [n, d]; the batch keeps the array
   */
  void move(double[] to) {
    int d = parking.length;
    for (int i = 0; i < chains.length; i++) {
      stopped[i] |= !Arrays.stream(to, i * d, (i + 1) * d).allMatch(Double::isFinite);
      if (stopped[i]) {
        System.arraycopy(parking, 0, to, i * d, d);
      }
    }
    x = to;
  }

  /** D(y, s) for all chains: one call of the denoiser. */
  double[] denoise(double[] y, double s) {
    double[] noise = new double[chains.length];
    Arrays.fill(noise, s);
    double[] denoised = new double[y.length];
    denoiser.denoise(y, noise, denoised);
    calls++;
    return denoised;
  }

  /** Standard normal numbers for a step, counted from 1; step 0 is the start. */
  double[] noise(long step) {
    int d = parking.length;
    double[] z = new double[chains.length * d];
    for (int i = 0; i < chains.length; i++) {
      Draws draws = Draws.of(seed, Purpose.CHAIN, chains[i], step);
      for (int j = 0; j < d; j++) {
        z[i * d + j] = draws.gaussian();
      }
    }
    return z;
  }

  /** Calls of the denoiser so far. */
  long calls() {
    return calls;
  }

  /** The positions of the chains that were not stopped. */
  Samples samples() {
    int d = parking.length;
    int[] finite = IntStream.range(0, chains.length).filter(i -> !stopped[i]).toArray();
    double[] images = new double[finite.length * d];
    for (int i = 0; i < finite.length; i++) {
      System.arraycopy(x, finite[i] * d, images, i * d, d);
    }
    return new Samples(
        images,
        Arrays.stream(finite).mapToLong(i -> chains[i]).toArray(),
        IntStream.range(0, chains.length)
            .filter(i -> stopped[i])
            .mapToLong(i -> chains[i])
            .toArray(),
        calls);
  }
}
