package tweedie.sample;

/** Told about the progress of a sampler. */
@FunctionalInterface
public interface LevelObserver {

  /** A noise level is done for all chains of the batch. */
  void levelDone(LevelEnd end);

  /** Tells {@code next} too, after this one. */
  default LevelObserver and(LevelObserver next) {
    return end -> {
      levelDone(end);
      next.levelDone(end);
    };
  }
}
