package tweedie.sample;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import tweedie.score.Denoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.MeanNoise;
import tweedie.score.TweedieFormula;

/**
 * The chains of one call of a sampler: their positions, their random numbers and the calls of the
 * denoiser they cost.
 *
 * <p>A chain with a value that is not finite is stopped: it stays in the batch, parked at the mean
 * of the start, so that the rows of the others keep their places and the denoiser sees finite
 * numbers only.
 */
public final class ChainBatch {

  private final Denoiser denoiser;
  private final double[] parking;
  private final long seed;
  private final long[] chains;
  private final boolean[] stopped;
  private double[] x;
  private double[] levelBegan;
  private LevelEnd.Call last;
  private long calls;

  /**
   * Chains at their start.
   *
   * @param chains their numbers, [n]
   * @throws IllegalArgumentException if the denoiser has another dimension than the start
   */
  public ChainBatch(Denoiser denoiser, ChainStart start, long seed, long[] chains) {
    this.parking = start.mean();
    if (denoiser.dimension() != parking.length) {
      throw new IllegalArgumentException(
          "Chains start from images of %d pixels, but the denoiser is for %d"
              .formatted(parking.length, denoiser.dimension()));
    }
    this.denoiser = denoiser.forChains(seed, chains);
    this.seed = seed;
    this.chains = chains.clone();
    this.stopped = new boolean[chains.length];
    this.x = start.draw(seed, chains);
    this.levelBegan = x;
  }

  /** Positions of the chains, [n, d]. */
  public double[] x() {
    return x;
  }

  /** Moves the chains, except those that were stopped or now are; the batch keeps the array. */
  public void move(double[] to) {
    x = parked(to);
  }

  /** D(y, s) for all chains: one call of the denoiser. A chain whose y is not finite is stopped. */
  public double[] denoise(double[] y, double s) {
    double[] noise = new double[chains.length];
    Arrays.fill(noise, s);
    double[] seen = parked(y);
    double[] denoised = new double[y.length];
    denoiser.denoise(seen, noise, denoised);
    calls++;
    last = new LevelEnd.Call(seen, s, denoised);
    return denoised;
  }

  /** The marginal score where the chains are: one call of the denoiser. */
  public double[] score(double s) {
    return TweedieFormula.marginal(denoise(x, s), x, new MeanNoise(s));
  }

  /** Standard normal numbers for a step, counted from 1; step 0 is the start. */
  public double[] noise(long step) {
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

  /** Tells the observer that a level, of noise s, is done; there was a call of the denoiser. */
  public void levelDone(int level, double s, LevelObserver observer) {
    observer.levelDone(new LevelEnd(level, s, calls, chains, stopped.clone(), levelBegan, x, last));
    levelBegan = x;
  }

  /** The positions of the chains that were not stopped. */
  public Samples samples() {
    return samples(x);
  }

  /** Images of the chains that were not stopped, nor are now because theirs is not finite. */
  public Samples samples(double[] images) {
    double[] finite = parked(images);
    return new Samples(going(finite), numbers(i -> !stopped[i]), numbers(i -> stopped[i]), calls);
  }

  /** The rows of the chains that were not stopped. */
  public double[] going(double[] rows) {
    int d = parking.length;
    int[] going = IntStream.range(0, chains.length).filter(i -> !stopped[i]).toArray();
    double[] kept = new double[going.length * d];
    for (int i = 0; i < going.length; i++) {
      System.arraycopy(rows, going[i] * d, kept, i * d, d);
    }
    return kept;
  }

  /** The rows, with the mean of the start for chains that were stopped or now are. */
  private double[] parked(double[] rows) {
    int d = parking.length;
    double[] parked = rows;
    for (int i = 0; i < chains.length; i++) {
      stopped[i] |= !Arrays.stream(rows, i * d, (i + 1) * d).allMatch(Double::isFinite);
      if (stopped[i]) {
        parked = parked == rows ? rows.clone() : parked;
        System.arraycopy(parking, 0, parked, i * d, d);
      }
    }
    return parked;
  }

  private long[] numbers(IntPredicate of) {
    return IntStream.range(0, chains.length).filter(of).mapToLong(i -> chains[i]).toArray();
  }
}
