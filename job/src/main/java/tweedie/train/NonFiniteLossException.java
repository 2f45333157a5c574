package tweedie.train;

/**
 * A loss was NaN or infinite, or so large that the squares of its gradient are: training stops at
 * the worker that made it, and the last checkpoint stays.
 */
public final class NonFiniteLossException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public NonFiniteLossException(String message) {
    super(message);
  }

  public NonFiniteLossException(
      int round, int worker, String shard, long image, double s, double loss) {
    super(
        "The loss is %s in round %d (worker %d, shard %s, image %d, noise level s = %.4g). What was saved before is unharmed; a lower train.learning-rate or a longer train.warmup-images usually helps."
            .formatted(loss, round, worker, shard, image, s));
  }
}
