package tweedie.train;

import tweedie.TweedieException;

/**
 * A loss was NaN or infinite, or so large that the squares of its gradient are, or the losses of a
 * whole round are far above those of answers that know nothing: training stops at the worker that
 * made it, and the last checkpoint stays.
 */
public final class NonFiniteLossException extends TweedieException {

  private static final long serialVersionUID = 1L;

  public NonFiniteLossException(String message) {
    super(Status.FAILED, message);
  }

  public NonFiniteLossException(
      int round, int worker, String shard, long image, double s, double loss) {
    super(
        Status.FAILED,
        "The loss is %s in round %d (worker %d, shard %s, image %d, noise level s = %.4g). What was saved before is unharmed; a lower train.learning-rate or a longer train.warmup-images usually helps."
            .formatted(loss, round, worker, shard, image, s));
  }

  /**
   * Losses that are finite, and far above those of answers that know nothing, in a whole round.
   *
   * @param loss their mean
   * @param over how many times those of the answers it is
   */
  public NonFiniteLossException(int round, int worker, double loss, double over) {
    super(
        Status.FAILED,
        "The mean loss of round %d (worker %d) is %.4g, %.3g times that of always answering with the mean pixel or the noisy image itself: training diverged. What was saved before is unharmed; a lower train.learning-rate or a longer train.warmup-images usually helps."
            .formatted(round, worker, loss, over));
  }
}
