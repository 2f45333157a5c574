package tweedie.driver.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import tweedie.driver.sample.SamplingRates;

class ProgressLinesTest {

  private final HandClock clock = new HandClock();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void saysALineEveryFewSecondsAndOneAtTheEnd() {
    try (Progress progress =
        new ProgressLines(
            "round 3/15",
            "images",
            1000,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            clock,
            Duration.ofSeconds(5))) {
      clock.pass(1);
      progress.at(10);
      clock.pass(9);
      progress.at(100);
      clock.pass(1);
      progress.at(110);
      clock.pass(9);
      progress.at(50);
      progress.at(1100);
    }

    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "round 3/15: 100 of 1000 images, 1 min 30 s left",
            "round 3/15: 1000 of 1000 images, 0 s left",
            "round 3/15: 1000 images in 20 s");
  }

  @Test
  void imagesAndCallsASecondStandBesideWhatIsDone() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    HandClock clock = new HandClock();
    try (SamplingRates progress =
        new SamplingRates(
            new ProgressLines(
                "sampling",
                "chain levels",
                400,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                clock,
                Duration.ofSeconds(5)),
            0.25,
            clock)) {
      clock.pass(10);
      progress.calls().at(600);
      progress.at(200);
    }

    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "sampling: 200 of 400 chain levels, 10 s left, 5.00 images/s, 60.0 calls/s",
            "sampling: 200 chain levels in 10 s");
  }

  private static final class HandClock extends Clock {

    private Instant now = Instant.EPOCH;

    void pass(long seconds) {
      now = now.plusSeconds(seconds);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
