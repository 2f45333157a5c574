package tweedie.driver.code;

import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import tweedie.driver.model.BatchSize;
import tweedie.driver.progress.CountedJob;

/**
 * Carries images to their codes, or back, in parallel batches.
 *
 * @param group the command and its run, which names the Spark job
 * @param unit what is written
 * @param threads of each task
 */
record CodeJob(JavaSparkContext spark, String group, String unit, int threads) {

  /** More tasks than this slow Spark down; they take several batches instead. */
  private static final int MOST_TASKS = 10_000;

  /** Writes what becomes of the input as shards, and sums it up. */
  CodeSums run(CodedRun run, CodeInput input, CodeTask.Way way, Path directory) {
    List<CodeBatch> batches = input.batches(BatchSize.useful(spark, run.model(), 1));
    try (CountedJob job = new CountedJob(spark, group, "%d batches".formatted(batches.size()))) {
      job.atEnd(run.model()::free);
      CodeTask task =
          new CodeTask(
              job.broadcast(run),
              way,
              directory.toString(),
              threads,
              job.count(unit, "images", input.count()));
      return spark
          .parallelize(batches, Math.min(MOST_TASKS, batches.size()))
          .map(task)
          .collect()
          .stream()
          .reduce(CodeSums.NONE, CodeSums::plus);
    }
  }
}
