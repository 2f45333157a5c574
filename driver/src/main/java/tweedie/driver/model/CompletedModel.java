package tweedie.driver.model;

import tweedie.sample.Inpainting;
import tweedie.score.Denoiser;

/**
 * A model of images of which a part is known.
 *
 * @param known what is known, in words
 */
public record CompletedModel(RunModel of, Inpainting part, String known) implements DerivedModel {

  @Override
  public String name() {
    return "%s, completing %s".formatted(of.name(), known);
  }

  @Override
  public Denoiser denoiser() {
    return part.of(of.denoiser());
  }
}
