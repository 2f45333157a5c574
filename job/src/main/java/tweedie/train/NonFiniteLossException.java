package tweedie.train;

import tweedie.TweedieException;

/**
 * A loss was NaN or infinite, or so large that the squares of its gradient are: training stops at
 * the worker that made it, and the last checkpoint stays.
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
}
