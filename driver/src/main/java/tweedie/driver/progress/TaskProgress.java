package tweedie.driver.progress;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.util.LongAccumulator;
import scala.collection.JavaConverters;

/**
 * Turns what running tasks have added to an accumulator into progress. The accumulator itself grows
 * only when a task ends; the heartbeats of the executors carry what is in flight.
 *
 * <p>The accumulator must have a name, start at 0 and be registered. What a failed task had added
 * is taken back.
 */
public final class TaskProgress extends SparkListener implements AutoCloseable {

  private final SparkContext spark;
  private final LongAccumulator accumulator;
  private final Progress progress;
  private final Map<Long, Long> inFlight = new HashMap<>();
  private final Set<Long> ended = new HashSet<>();
  private long certain;

  private TaskProgress(SparkContext spark, LongAccumulator accumulator, Progress progress) {
    this.spark = spark;
    this.accumulator = accumulator;
    this.progress = progress;
  }

  /** Reports to {@code progress} until it is closed. */
  public static TaskProgress attach(
      SparkContext spark, LongAccumulator accumulator, Progress progress) {
    TaskProgress attached = new TaskProgress(spark, accumulator, progress);
    spark.addSparkListener(attached);
    return attached;
  }

  /** Stops reporting, after a last report of what is certain. */
  @Override
  public void close() {
    spark.removeSparkListener(this);
    progress.at(accumulator.sum());
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
    JavaConverters.seqAsJavaList(heartbeat.accumUpdates())
        .forEach(
            task -> {
              long id = (Long) task._1();
              // a heartbeat may come after the end of a task that it still counts
              if (!ended.contains(id)) {
                JavaConverters.seqAsJavaList(task._4())
                    .forEach(info -> inFlight.merge(id, added(info), Math::max));
              }
            });
    report();
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    ended.add(end.taskInfo().taskId());
    inFlight.remove(end.taskInfo().taskId());
    if (end.taskInfo().successful()) {
      JavaConverters.seqAsJavaList(end.taskInfo().accumulables().toSeq())
          .forEach(info -> certain += added(info));
    }
    report();
  }

  private long added(AccumulableInfo info) {
    return info.id() == accumulator.id() && info.update().isDefined()
        ? (Long) info.update().get()
        : 0;
  }

  private void report() {
    progress.at(certain + inFlight.values().stream().mapToLong(Long::longValue).sum());
  }
}
