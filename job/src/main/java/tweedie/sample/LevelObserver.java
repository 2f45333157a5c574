package tweedie.sample;

/** Told about the progress of a sampler. */
@FunctionalInterface
public interface LevelObserver {

  /**
   * A noise level is done for all chains of the batch.
   *
   * @param level index of the level, 0 for the largest noise
   * @param s its noise standard deviation
   * @param calls calls of the denoiser so far, each for the whole batch
   */
  void levelDone(int level, double s, long calls);
}
