package tweedie.driver.evaluate;

import java.util.Locale;

/** What {@code evaluate} can measure; each is done by a {@link Measurement}. */
public enum Measurable {
  /** Samples against real images. */
  SAMPLES,
  /** The score of the model against the best one. */
  SCORE,
  /** The density of real images under the model. */
  LIKELIHOOD,
  /** How often images are most likely under their own class. */
  CLASSES,
  /** What codes and the middle of the network know of images. */
  REPRESENTATIONS;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
