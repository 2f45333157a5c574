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
    return Terminal.attached()
        ? new ProgressBarView(task, unit, total)
        : new ProgressLines(
            task, unit, total, System.err, Clock.systemUTC(), Duration.ofSeconds(5));
  }

  /** Says that {@code done} of the total are done; fewer than before is ignored. */
  void at(long done);

  /** Says something beside what is done, such as how fast it goes, from the next report on. */
  default void note(String note) {}

  /** Ends the report. */
  @Override
  void close();
}
