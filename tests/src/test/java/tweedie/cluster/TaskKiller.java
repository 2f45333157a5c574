package tweedie.cluster;

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerSpeculativeTaskSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import scala.collection.JavaConverters;

/**
 * Kills the process of the executor that a task has just begun on, as {@code kill -9} does. Spark
 * makes it from the setting {@code spark.extraListeners}, so what it is told and what it has seen
 * is static.
 */
public final class TaskKiller extends SparkListener {

  private static volatile StandaloneCluster cluster;
  private static volatile String jobToHit = "";
  private static volatile Set<Integer> stagesToHit = Set.of();
  private static final AtomicInteger LOST = new AtomicInteger();
  private static final AtomicInteger SPECULATIVE = new AtomicInteger();

  /**
   * Forgets what was seen.
   *
   * @param job the first task of the job whose description begins so loses its executor; empty for
   *     none
   */
  public static void watch(StandaloneCluster on, String job) {
    cluster = on;
    jobToHit = job;
    stagesToHit = Set.of();
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
  public void onJobStart(SparkListenerJobStart start) {
    String description = start.properties().getProperty("spark.job.description", "");
    if (!jobToHit.isEmpty() && description.startsWith(jobToHit)) {
      jobToHit = "";
      stagesToHit =
          JavaConverters.seqAsJavaList(start.stageIds()).stream()
              .map(id -> ((Number) id).intValue())
              .collect(Collectors.toSet());
    }
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart start) {
    if (stagesToHit.contains(start.stageId())) {
      stagesToHit = Set.of();
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
