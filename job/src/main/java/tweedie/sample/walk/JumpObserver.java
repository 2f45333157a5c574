package tweedie.sample.walk;

import tweedie.sample.Samples;

/** Told about the jumps of a walk. */
@FunctionalInterface
public interface JumpObserver {

  /**
   * All chains have jumped; they walk on from where they were.
   *
   * @param step steps since the beginning of the walk
   * @param images the jumps of the chains that are still finite
   */
  void jumped(long step, Samples images);
}
