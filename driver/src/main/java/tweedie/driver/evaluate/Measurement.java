package tweedie.driver.evaluate;

import java.io.IOException;
import java.util.List;

/**
 * One of the things that {@code evaluate} does. Whoever makes one checks all it needs, so that
 * nothing is measured or written where something else that was asked for cannot be.
 */
public interface Measurement {

  /** What was measured. */
  interface Result {

    /** As a table for a person. */
    String table();
  }

  /** Measures, and writes every result into the run's directory as soon as it is there. */
  List<? extends Result> measure() throws IOException;
}
