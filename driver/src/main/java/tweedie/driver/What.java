package tweedie.driver;

import java.util.Locale;

/** What {@code evaluate} can measure; each is done by a {@link Measurement}. */
public enum What {
  /** Samples against real images. */
  SAMPLES;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
