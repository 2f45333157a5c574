package tweedie.driver.progress;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Progress as plain lines, for logs. */
final class ProgressLines implements Progress {

  private final String task;
  private final String unit;
  private final long total;
  private final PrintStream out;
  private final Clock clock;
  private final Duration between;
  private final Instant start;
  private Instant said;
  private long done;
  private String note = "";

  ProgressLines(
      String task, String unit, long total, PrintStream out, Clock clock, Duration between) {
    this.task = task;
    this.unit = unit;
    this.total = total;
    this.out = out;
    this.clock = clock;
    this.between = between;
    this.start = clock.instant();
    this.said = start;
  }

  @Override
  public synchronized void at(long now) {
    if (now <= done) {
      return;
    }
    done = total > 0 ? Math.min(now, total) : now;
    Instant time = clock.instant();
    if (Duration.between(said, time).compareTo(between) >= 0) {
      said = time;
      out.println(
          total > 0
              ? "%s: %s of %s %s, %s left%s".formatted(task, done, total, unit, left(time), note)
              : "%s: %s %s%s".formatted(task, done, unit, note));
    }
  }

  @Override
  public synchronized void note(String note) {
    this.note = ", " + note;
  }

  @Override
  public synchronized void close() {
    Duration spent = Duration.between(start, clock.instant());
    out.println(task + ": " + done + " " + unit + " in " + words(spent));
  }

  private String left(Instant time) {
    double share = (double) (total - done) / done;
    return words(Duration.ofMillis(Math.round(Duration.between(start, time).toMillis() * share)));
  }

  private static String words(Duration time) {
    if (time.toHours() > 0) {
      return time.toHours() + " h " + time.toMinutesPart() + " min";
    }
    return time.toMinutes() > 0
        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
        : time.toSeconds() + " s";
  }
}
