package tweedie.driver.progress;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;

/**
 * Spark jobs under one name, which count what they have done for the person at the terminal, and
 * what they share. Closed, whatever became of them, it ends the reports, frees what was shared and
 * gives this thread its former job group back.
 */
public final class CountedJob implements AutoCloseable {

  /** What Spark's setJobGroup sets. */
  private static final List<String> OF_GROUP =
      List.of("spark.jobGroup.id", "spark.job.description", "spark.job.interruptOnCancel");

  private final JavaSparkContext spark;
  private final Deque<Runnable> ends = new ArrayDeque<>();

  /**
   * Names the jobs that this thread starts from now on.
   *
   * @param group the command and its directory, such as "tweedie train runs/mnist"
   * @param description what they do, for Spark's pages
   */
  public CountedJob(JavaSparkContext spark, String group, String description) {
    this.spark = spark;
    for (String property : OF_GROUP) {
      String former = spark.getLocalProperty(property);
      ends.push(() -> spark.setLocalProperty(property, former));
    }
    spark.setJobGroup(group, description);
  }

  /** The same for a part of the jobs that this thread has named already. */
  public static CountedJob within(JavaSparkContext spark, String description) {
    return new CountedJob(spark, spark.getLocalProperty(OF_GROUP.get(0)), description);
  }

  /**
   * What tasks add to, reported as a bar or in lines.
   *
   * @param task what is done, such as "round 3/15"
   * @param unit what is counted, such as "images"
   * @param total how many there are; 0 where it is not known
   */
  public LongAccumulator count(String task, String unit, long total) {
    return count(unit, Progress.start(task, unit, total));
  }

  /** What tasks add to, reported to {@code progress}, which is closed with this. */
  public LongAccumulator count(String unit, Progress progress) {
    LongAccumulator counted = spark.sc().longAccumulator(unit);
    count(counted, progress);
    return counted;
  }

  /**
   * Reports what tasks add to {@code counted}, which must have a name and be 0, to {@code
   * progress}, which is closed with this.
   */
  public void count(LongAccumulator counted, Progress progress) {
    ends.push(progress::close);
    TaskProgress attached = TaskProgress.attach(spark.sc(), counted, progress);
    ends.push(attached::close);
  }

  /** Gives all tasks a value, until this is closed. */
  public <T> Broadcast<T> broadcast(T value) {
    Broadcast<T> shared = spark.broadcast(value);
    ends.push(shared::destroy);
    return shared;
  }

  /** Has something more done at the end. */
  public void atEnd(Runnable end) {
    ends.push(end);
  }

  /** All ends, the last begun first; if some fail, the first failure is thrown after all. */
  @Override
  public void close() {
    RuntimeException failure = null;
    while (!ends.isEmpty()) {
      try {
        ends.pop().run();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
