package tweedie.sample;

import java.util.Arrays;
import java.util.function.Function;

/**
 * A batch of chains where a noise level ends. The arrays are the sampler's own: whoever is told
 * reads them before it returns and changes nothing.
 *
 * @param level index of the level, 0 for the largest noise
 * @param s noise standard deviation of the level
 * @param calls calls of the denoiser so far, each for the whole batch
 * @param chains numbers of the chains, [n]
 * @param stopped whether a chain was stopped because a value was not finite, [n]
 * @param before positions where the level began, [n, d]
 * @param after positions where it ends, [n, d]
 * @param last the last call of the denoiser
 */
public record LevelEnd(
    int level,
    double s,
    long calls,
    long[] chains,
    boolean[] stopped,
    double[] before,
    double[] after,
    Call last) {

  /**
   * A call of the denoiser.
   *
   * @param y where it was asked, [n, d]
   * @param s at which noise
   * @param denoised what it answered, [n, d]
   */
  public record Call(double[] y, double s, double[] denoised) {}

  /**
   * The same level of several batches as if they had been one; of the calls the mean, rounded up.
   */
  static LevelEnd joined(LevelEnd[] ends) {
    int n = Arrays.stream(ends).mapToInt(end -> end.chains().length).sum();
    boolean[] stopped = new boolean[n];
    int at = 0;
    for (LevelEnd end : ends) {
      for (boolean one : end.stopped()) {
        stopped[at++] = one;
      }
    }
    return new LevelEnd(
        ends[0].level(),
        ends[0].s(),
        (long) Math.ceil(Arrays.stream(ends).mapToLong(LevelEnd::calls).average().orElseThrow()),
        Arrays.stream(ends).flatMapToLong(end -> Arrays.stream(end.chains())).toArray(),
        stopped,
        rows(ends, LevelEnd::before),
        rows(ends, LevelEnd::after),
        new Call(
            rows(ends, end -> end.last().y()),
            ends[0].last().s(),
            rows(ends, end -> end.last().denoised())));
  }

  private static double[] rows(LevelEnd[] ends, Function<LevelEnd, double[]> rows) {
    return Arrays.stream(ends).flatMapToDouble(end -> Arrays.stream(rows.apply(end))).toArray();
  }
}
