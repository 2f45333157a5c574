package tweedie.driver.model;

import tweedie.sample.ChainClasses;
import tweedie.score.Denoiser;

/**
 * A model that is told which class each chain draws.
 *
 * @param asked the classes, in words
 */
public record ConditionedModel(RunModel of, ChainClasses chains, String asked)
    implements DerivedModel {

  @Override
  public String name() {
    return "%s, told classes %s".formatted(of.name(), asked);
  }

  @Override
  public Denoiser denoiser() {
    return chains.of(of.conditional());
  }

  @Override
  public int[] labels(long seed, long[] chain) {
    return chains.of(seed, chain);
  }
}
