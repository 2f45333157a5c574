package tweedie.evaluate.likelihood;

import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/** Where the random numbers of the density of an image come from: each stream is its own. */
public final class LikelihoodDraws {

  /** More than a repeat has, so that two repeats share none. */
  private static final long STREAMS_OF_A_REPEAT = 1L << 20;

  private LikelihoodDraws() {}

  /** The numbers u that dequantize an image for the repeat of this number. */
  public static Draws dequantization(long seed, long id, int repeat) {
    return stream(seed, id, repeat, 0);
  }

  /** The values of probe {@code index}. */
  static Draws probe(long seed, long id, int repeat, int index) {
    return stream(seed, id, repeat, 1L + index);
  }

  private static Draws stream(long seed, long id, int repeat, long index) {
    return Draws.of(seed, Purpose.LIKELIHOOD, id, repeat * STREAMS_OF_A_REPEAT + index);
  }
}
