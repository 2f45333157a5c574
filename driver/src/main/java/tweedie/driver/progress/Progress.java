package tweedie.driver.progress;

import java.time.Clock;
import java.time.Duration;

/** Tells the person at the terminal how far a long task is. */
public interface Progress extends AutoCloseable {

  /**
   * Starts to report: as a bar where standard error is a terminal, as a line every few seconds
   * elsewhere.
   *
   * @param task what is done, such as "round 3/15"
   * @param unit what is counted, such as "images"
   * @param total how many there are; 0 where it is not known
   */
  static Progress start(String task, String unit, long total) {
    return isWatched()
        ? new ProgressBarView(task, unit, total)
        : new ProgressLines(
            task, unit, total, System.err, Clock.systemUTC(), Duration.ofSeconds(5));
  }

  /**
   * Whether standard error is a terminal. Java 17 cannot tell by itself: the launcher says it in
   * {@code tweedie.terminal}; without the launcher a console, both in and out, is asked for.
   */
  private static boolean isWatched() {
    String said = System.getProperty("tweedie.terminal");
    return said == null ? System.console() != null : Boolean.parseBoolean(said);
  }

  /** Says that {@code done} of the total are done; fewer than before is ignored. */
  void at(long done);

  /** Says something beside what is done, such as how fast it goes, from the next report on. */
  default void note(String note) {}

  /** Ends the report, if that needs anything. */
  @Override
  default void close() {}
}
