package tweedie.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;

/** Waits for what other processes do. */
public final class Await {

  private static final Duration PATIENCE = Duration.ofSeconds(300);
  private static final Duration STEP = Duration.ofMillis(10);

  private Await() {}

  /**
   * Looks until {@code event} is there.
   *
   * @throws IllegalStateException if it takes minutes; its message names {@code what}
   */
  public static void until(String what, Callable<Boolean> event) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    while (!event.call()) {
      if (Instant.now().isAfter(end)) {
        throw new IllegalStateException("Waited in vain for " + what);
      }
      Thread.sleep(STEP.toMillis());
    }
  }
}
