package tweedie.driver.evaluate.samples;

import com.fasterxml.jackson.annotation.JsonValue;

/** What a metric of samples is called. */
public enum Quantity {
  SLICED_W2("sliced W2"),
  SLICED_KS("sliced Kolmogorov-Smirnov"),
  MMD("MMD^2, cubic kernel"),
  KSD("KSD^2"),
  PRECISION("precision"),
  RECALL("recall"),
  DENSITY("density"),
  COVERAGE("coverage"),
  C2ST("C2ST accuracy"),
  FRECHET("Frechet distance"),
  FRECHET_UNBIASED("Frechet distance, n to infinity"),
  FRECHET_REFERENCE("Frechet distance to reference"),
  TOTAL_VARIATION("total variation"),
  CONFIDENCE("confidence"),
  ENTROPY("entropy, nats"),
  VARIANCE_RATIO("variance / true variance"),
  MEAN_DISTANCE("mean distance"),
  DISTANCE_RATIO("ratio to real distance");

  private final String key;

  Quantity(String key) {
    this.key = key;
  }

  /** What files of all versions call it: it stays, whatever people are shown. */
  @JsonValue
  public String key() {
    return key;
  }

  /** What people are shown, in tables and charts. */
  public String label() {
    return key; // until one of them needs other words
  }
}
