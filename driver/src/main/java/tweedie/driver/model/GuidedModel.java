package tweedie.driver.model;

import tweedie.score.Denoiser;
import tweedie.score.Guidance;

/**
 * A model led away from the mistakes of a worse one.
 *
 * @param guide the worse one, of images of the same shape
 */
public record GuidedModel(RunModel of, RunModel guide, Guidance guidance) implements DerivedModel {

  @Override
  public String name() {
    return "%s, guided with weight %s from noise %s to %s by %s (%s)"
        .formatted(
            of.name(),
            guidance.weight(),
            guidance.from(),
            guidance.to(),
            guide.name(),
            guide.fingerprint());
  }

  @Override
  public Denoiser denoiser() {
    return guidance.of(of.denoiser(), guide.denoiser());
  }

  @Override
  public boolean isGuided() {
    return true;
  }

  /** A task holds both. */
  @Override
  public int largestBatch(long bytes) {
    return Math.min(of.largestBatch(bytes / 2), guide.largestBatch(bytes / 2));
  }

  @Override
  public void free() {
    of.free();
    guide.free();
  }
}
