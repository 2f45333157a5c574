package tweedie.cluster;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerSpeculativeTaskSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * Kills the process of the executor that a task has just begun on, as {@code kill -9} does. Spark
 * makes it from the setting {@code spark.extraListeners}, so what it is told and what it has seen
 * is static.
 */
public final class TaskKiller extends SparkListener {

  private static volatile StandaloneCluster cluster;
  private static volatile int taskToKill = -1;
  private static final AtomicInteger TASKS = new AtomicInteger();
  private static final AtomicInteger LOST = new AtomicInteger();
  private static final AtomicInteger SPECULATIVE = new AtomicInteger();

  /**
   * Forgets what was seen.
   *
   * @param task the number of the task to kill in the order of their start, from 0; -1 for none
   */
  public static void watch(StandaloneCluster on, int task) {
    cluster = on;
    taskToKill = task;
    TASKS.set(0);
    LOST.set(0);
    SPECULATIVE.set(0);
  }

  /** Executors lost since {@link #watch}. */
  public static int lost() {
    return LOST.get();
  }

  /** Tasks that were started a second time beside the first since {@link #watch}. */
  public static int speculative() {
    return SPECULATIVE.get();
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart start) {
    if (TASKS.getAndIncrement() == taskToKill) {
      cluster
          .executor(start.taskInfo().executorId())
          .ifPresentOrElse(
              ProcessHandle::destroyForcibly,
              () -> {
                throw new IllegalStateException("The executor of the task has no process");
              });
    }
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    LOST.incrementAndGet();
  }

  @Override
  public void onSpeculativeTaskSubmitted(SparkListenerSpeculativeTaskSubmitted submitted) {
    SPECULATIVE.incrementAndGet();
  }
}
