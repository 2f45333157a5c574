package tweedie.driver.evaluate.samples;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What of the images a metric is of. */
public enum Aspect {
  /** The pixels of images. */
  PIXELS,
  /** The values of vectors. */
  VALUES,
  /** The features that a classifier sees. */
  FEATURES,
  /** The features that a network of the user's sees. */
  NETWORK,
  /** The classes that a classifier sees. */
  CLASSES,
  /** The modes of a mixture. */
  MODES,
  /** How near the training data are. */
  TRAINING;

  /** What files of all versions call it. */
  @JsonValue
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What people are shown. */
  public String label() {
    return key();
  }
}
