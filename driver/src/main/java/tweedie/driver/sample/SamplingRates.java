package tweedie.driver.sample;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import tweedie.driver.progress.Progress;

/**
 * Notes beside the progress of chains how many images a second they come to, and how many calls of
 * the denoiser, of one image each, a second that takes.
 */
public final class SamplingRates implements Progress {

  private final Progress shown;
  private final double imagesPerUnit;
  private final Clock clock;
  private final Instant start;
  private long done;
  private long called;

  /**
   * @param imagesPerUnit images that a unit of the progress is worth
   */
  public SamplingRates(Progress shown, double imagesPerUnit, Clock clock) {
    this.shown = shown;
    this.imagesPerUnit = imagesPerUnit;
    this.clock = clock;
    this.start = clock.instant();
  }

  @Override
  public synchronized void at(long now) {
    done = Math.max(done, now);
    say();
    shown.at(now);
  }

  /** To be told of the calls. */
  public Progress calls() {
    return this::calledAt;
  }

  private synchronized void calledAt(long now) {
    called = Math.max(called, now);
    say();
  }

  private void say() {
    double seconds = Duration.between(start, clock.instant()).toMillis() / 1000.0;
    if (seconds > 0) {
      shown.note(
          String.format(
              Locale.ROOT,
              "%.3g images/s, %.3g calls/s",
              done * imagesPerUnit / seconds,
              called / seconds));
    }
  }

  @Override
  public void close() {
    shown.close();
  }
}
