package tweedie.train.round;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * How the results of the workers come together, in the Spark job that trains them.
 *
 * <p>Small results are collected and averaged at the driver. Of large ones every range of the
 * parameters is shuffled to a task of its own, which averages it over all workers in the order of
 * their numbers; the driver gets the averages only, and joins them. The bits of the state are the
 * same either way, whatever the ranges, however tasks were retried.
 *
 * @param collected most bytes of all results together that are collected
 * @param range parameters of a range, at least
 */
record RoundReduction(long collected, int range) {

  /** Ranges of 1 MB of each worker; results are collected up to 64 MB. */
  static final RoundReduction STANDARD = new RoundReduction(64L << 20, 1 << 16);

  /** Up to so many partitions Spark writes a shuffle without sorting or buffering it first. */
  private static final int MOST_RANGES = 200;

  /** Bytes of the weights, two moments and moving average of a parameter. */
  private static final int BYTES = 16;

  /**
   * The end of a round.
   *
   * @param results of the workers, one in each partition
   * @param start the state before the round
   * @param broadcast the same on the executors
   */
  RoundPart of(
      JavaRDD<WorkerResult> results,
      TrainingState start,
      Broadcast<TrainingState> broadcast,
      RoundPart.Rule rule) {
    int parameters = start.parameters().length;
    int workers = results.getNumPartitions();
    if (collects(parameters, workers)) {
      return rule.apply(start, inOrder(results.collect().iterator()));
    }
    int length = Math.max(range, (parameters + MOST_RANGES - 1) / MOST_RANGES);
    int ranges = (parameters + length - 1) / length;
    JavaRDD<RoundPart> averages =
        results
            .mapPartitionsToPair(new Cut(parameters, length, ranges))
            .partitionBy(new HashPartitioner(ranges))
            .values()
            .mapPartitionsWithIndex(new Average(broadcast, rule, length), true);
    try {
      return RoundPart.joined(averages.collect());
    } finally {
      // or the files of many rounds would lie on the executors until the driver collects garbage
      averages.rdd().cleanShuffleDependencies(false);
    }
  }

  /** Whether the driver gets the results of all workers, and not their averages. */
  private boolean collects(long parameters, int workers) {
    return workers == 1 || workers * parameters * BYTES <= collected;
  }

  /** About how many bytes of results come to the driver in a round. */
  long bytesToDriver(long parameters, int workers) {
    return parameters * BYTES * (collects(parameters, workers) ? workers : 1);
  }

  private static List<WorkerResult> inOrder(Iterator<WorkerResult> results) {
    List<WorkerResult> sorted = new ArrayList<>();
    results.forEachRemaining(sorted::add);
    sorted.sort(Comparator.comparingInt(WorkerResult::worker));
    return sorted;
  }

  /** Cuts results into ranges, by number; Spark's hash of a number is that partition. */
  private record Cut(int parameters, int length, int ranges)
      implements PairFlatMapFunction<Iterator<WorkerResult>, Integer, WorkerResult>, Serializable {

    @Override
    public Iterator<Tuple2<Integer, WorkerResult>> call(Iterator<WorkerResult> results) {
      WorkerResult whole = results.next();
      return IntStream.range(0, ranges)
          .mapToObj(
              i -> new Tuple2<>(i, whole.part(i * length, Math.min((i + 1) * length, parameters))))
          .iterator();
    }
  }

  /** Averages a range over the workers. */
  private record Average(Broadcast<TrainingState> start, RoundPart.Rule rule, int length)
      implements Function2<Integer, Iterator<WorkerResult>, Iterator<RoundPart>>, Serializable {

    @Override
    public Iterator<RoundPart> call(Integer i, Iterator<WorkerResult> results) {
      int parameters = start.value().parameters().length;
      int from = i * length;
      TrainingState before = start.value().part(from, Math.min(from + length, parameters));
      RoundPart end = rule.apply(before, inOrder(results));
      return List.of(i == 0 ? end.withoutNumbers() : end.withoutResults()).iterator();
    }
  }
}
