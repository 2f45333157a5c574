package tweedie.benchmark;

import java.io.IOException;

/**
 * Something whose speed is measured: set up once, then run again and again. Its public fields are
 * parameters of JMH and of {@link Turns}.
 */
public interface Subject extends AutoCloseable {

  /** Makes ready what {@link #run} needs. */
  void begin() throws IOException;

  /**
   * Does it once.
   *
   * @return how many images, or chains, that were
   */
  int run();

  @Override
  void close();
}
