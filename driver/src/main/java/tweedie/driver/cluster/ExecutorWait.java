package tweedie.driver.cluster;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the first executor of an application, and says what keeps it away: Spark's jobs would
 * wait for ever, without a word.
 */
record ExecutorWait(SparkConf conf, LoggedComplaint warning, Optional<ExecutorPods> pods) {

  /** How long it is waited for. */
  static final String PATIENCE = "spark.tweedie.executorTimeout";

  private static final String PATIENCE_DEFAULT = "10min";

  /** An executor that comes within so many seconds is not worth a line. */
  private static final long QUIET_SECONDS = 15;

  private static final Logger LOG = LoggerFactory.getLogger(ExecutorWait.class);

  /** Returns when a task has run; {@code warning} is what Spark has complained about. */
  static void await(JavaSparkContext spark, LoggedComplaint warning) {
    SparkConf conf = spark.getConf();
    Optional<ExecutorPods> pods =
        ExecutorPods.areUsed(conf)
            ? Optional.of(ExecutorPods.watch(conf, spark.sc().applicationId()))
            : Optional.empty();
    try {
      spark.setJobGroup(conf.get("spark.app.name"), "waits for an executor");
      new ExecutorWait(conf, warning, pods).await(spark.parallelize(List.of(1), 1).countAsync());
    } catch (ExecutionException | IllegalStateException e) { // the latter from a stopped context
      throw ClusterException.unreachable(conf, warning, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException("Interrupted while it waited for an executor", e);
    } finally {
      spark.clearJobGroup();
      pods.ifPresent(ExecutorPods::close);
    }
  }

  private void await(JavaFutureAction<Long> job) throws ExecutionException, InterruptedException {
    long patience = conf.getTimeAsSeconds(PATIENCE, PATIENCE_DEFAULT);
    String said = null;
    try {
      for (long seconds = 0; !isDone(job); seconds++) {
        if (pods.isPresent() && pods.get().areHopeless()) {
          throw new ClusterException(
              "Executors of %s end before they can work. %s."
                  .formatted(conf.get("spark.master"), reason()),
              null);
        }
        if (seconds >= patience) {
          throw new ClusterException(
              "No executor came within %d s of asking %s. %s. %s waits longer."
                  .formatted(patience, conf.get("spark.master"), reason(), PATIENCE),
              null);
        }
        if (seconds >= QUIET_SECONDS && !reason().equals(said)) {
          said = reason();
          LOG.info(
              "waits for an executor of {}, up to {} s ({}). {}",
              conf.get("spark.master"),
              patience,
              PATIENCE,
              said);
        }
      }
    } finally {
      if (!job.isDone()) {
        job.cancel(true);
      }
    }
  }

  private static boolean isDone(JavaFutureAction<Long> job)
      throws ExecutionException, InterruptedException {
    try {
      job.get(1, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /** What is known to keep executors away, and what to change. */
  private String reason() {
    return pods.flatMap(found -> found.trouble().or(() -> found.refusal(warning.cause())))
        .orElseGet(
            () ->
                "Spark says: %s. Free cores and memory (and GPUs, and quota), or ask for less (spark.executor.cores, spark.executor.memory)"
                    .formatted(warning.text().isEmpty() ? "nothing" : warning.text()));
  }
}
