package tweedie.driver.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tweedie.LocalSpark;

class TaskProgressTest {

  /** Progress arrives with heartbeats; 10 s, the default, is slow to watch. */
  private static final LocalSpark SPARK =
      LocalSpark.of("local[2]").with("spark.executor.heartbeatInterval", "5s");

  /** Opened when a report came in the middle of a task; local mode shares it with the tasks. */
  private static CountDownLatch seenInFlight;

  @BeforeEach
  void reset() {
    seenInFlight = new CountDownLatch(1);
  }

  @Test
  void reportsWhatTasksAddBeforeTheyEnd() {
    LongAccumulator images = SPARK.context().sc().longAccumulator("images");
    Reports reports = new Reports(20);

    try (TaskProgress attached = TaskProgress.attach(SPARK.context().sc(), images, reports)) {
      assertThat(attached).isNotNull();
      SPARK.context().parallelize(List.of(0, 1), 2).foreach(new AddTenAndWaitToBeSeen(images));
    }

    assertThat(reports.seen).as("20 are in flight while both tasks wait").contains(20L);
    assertThat(reports.seen).last().isEqualTo(20L);
    assertThat(reports.seen).allMatch(done -> done <= 20);
  }

  @Test
  void aFailedTaskDoesNotCount() {
    LongAccumulator images = SPARK.context().sc().longAccumulator("images");
    Reports reports = new Reports(10);

    assertThatThrownBy(
            () -> {
              try (TaskProgress attached =
                  TaskProgress.attach(SPARK.context().sc(), images, reports)) {
                assertThat(attached).isNotNull();
                SPARK.context().parallelize(List.of(0), 1).foreach(new AddTenAndFail(images));
              }
            })
        .isInstanceOf(SparkException.class);

    assertThat(reports.seen).last().isEqualTo(0L);
  }

  @Test
  void nothingIsReportedAfterClosing() {
    LongAccumulator images = SPARK.context().sc().longAccumulator("images");
    Reports reports = new Reports(1);
    TaskProgress.attach(SPARK.context().sc(), images, reports).close();
    int before = reports.seen.size();

    SPARK.context().parallelize(List.of(0), 1).foreach(new Add(images));

    assertThat(images.sum()).isEqualTo(1);
    assertThat(reports.seen).hasSize(before);
  }

  private record Add(LongAccumulator images) implements VoidFunction<Integer> {
    @Override
    public void call(Integer task) {
      images.add(1);
    }
  }

  private record AddTenAndFail(LongAccumulator images) implements VoidFunction<Integer> {
    @Override
    public void call(Integer task) {
      images.add(10);
      throw new IllegalStateException("on purpose");
    }
  }

  private record AddTenAndWaitToBeSeen(LongAccumulator images) implements VoidFunction<Integer> {
    @Override
    public void call(Integer task) throws InterruptedException {
      images.add(10);
      if (!seenInFlight.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("No heartbeat reported what this task had added");
      }
    }
  }

  private static final class Reports implements Progress {

    private final ConcurrentLinkedQueue<Long> seen = new ConcurrentLinkedQueue<>();
    private final long awaited;

    Reports(long awaited) {
      this.awaited = awaited;
    }

    @Override
    public void at(long done) {
      seen.add(done);
      if (done == awaited) {
        seenInFlight.countDown();
      }
    }

    @Override
    public void close() {}
  }
}
