package tweedie.train.round;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardRdd;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.train.TrainSettings;
import tweedie.train.round.TrainingState.Position;

/**
 * Which worker trains on which images in a round.
 *
 * <p>Each epoch deals all shards to the workers by a new seeded permutation, which puts each
 * worker's images in a row; a round takes from every row the minibatches of its steps. So every
 * image is seen once in an epoch however many rounds it has.
 *
 * @param shares what each worker gets, in any order; a worker may get nothing
 * @param end where the round after this one begins
 */
public record RoundPlan(List<Share> shares, Position end) {

  /** A worker is sent to one of so many machines, if it can be; as many as HDFS has replicas. */
  private static final int HOSTS = 3;

  /**
   * Part of the images of some shards.
   *
   * @param worker whose, 0..K-1
   * @param skip images of the first shard that an earlier round has had
   * @param images how many come after these
   */
  public record Slice(int worker, long skip, long images) implements Serializable {}

  /**
   * What one worker trains on.
   *
   * @param shards paths of the shards that hold the slice, in order, and no others
   * @param hosts machines that hold most of it, at most {@link #HOSTS}
   */
  record Share(Slice slice, List<String> shards, List<String> hosts) {}

  /** The next round of a run. */
  public static RoundPlan next(TrainSettings settings, TrainingState state, List<Shard> shards) {
    Position begin = state.position();
    List<List<Shard>> rows = deal(settings.seed(), begin.epoch(), shards, settings.workers());
    int batchSize = settings.batchSize();
    int stepsOfEpoch = 0;
    for (List<Shard> row : rows) {
      long images = row.stream().mapToLong(Shard::images).sum();
      stepsOfEpoch = Math.max(stepsOfEpoch, Math.toIntExact((images + batchSize - 1) / batchSize));
    }
    int steps = settings.averaging().steps(state.images(), stepsOfEpoch - begin.step());
    int endStep = begin.step() + steps;
    List<Share> shares = new ArrayList<>();
    for (int worker = 0; worker < rows.size(); worker++) {
      shares.add(
          share(
              worker,
              rows.get(worker),
              (long) begin.step() * batchSize,
              (long) endStep * batchSize));
    }
    return new RoundPlan(
        shares,
        endStep < stepsOfEpoch
            ? new Position(begin.epoch(), endStep)
            : new Position(begin.epoch() + 1, 0));
  }

  /**
   * Deals the shards in a random order to the workers in turn.
   *
   * @return for each worker its shards, in order; a worker may have none
   */
  static List<List<Shard>> deal(long seed, int epoch, List<Shard> shards, int workers) {
    List<List<Shard>> rows = Stream.<List<Shard>>generate(ArrayList::new).limit(workers).toList();
    int[] order = Draws.of(seed, Purpose.ORDER, -1, epoch).permutation(shards.size());
    for (int i = 0; i < order.length; i++) {
      rows.get(i % workers).add(shards.get(order[i]));
    }
    return rows;
  }

  /** The images from number {@code from} to before {@code to} of a row of shards. */
  private static Share share(int worker, List<Shard> row, long from, long to) {
    List<String> paths = new ArrayList<>();
    Map<String, Long> held = new TreeMap<>();
    long skip = 0;
    long images = 0;
    long first = 0;
    for (Shard shard : row) {
      long begin = Math.max(first, from);
      long end = Math.min(first + shard.images(), to);
      if (begin < end) {
        skip = paths.isEmpty() ? begin - first : skip;
        long taken = end - begin;
        images += taken;
        paths.add(shard.path());
        shard.hosts().forEach(host -> held.merge(host, taken, Long::sum));
      }
      first += shard.images();
    }
    return new Share(new Slice(worker, skip, images), paths, most(held));
  }

  /** The machines that hold most images, in this order; of equal ones the first by name. */
  private static List<String> most(Map<String, Long> held) {
    return held.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(HOSTS)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Images that all workers see in the round. */
  public long images() {
    return shares.stream().mapToLong(share -> share.slice().images()).sum();
  }

  List<Slice> slices() {
    return shares.stream().map(Share::slice).toList();
  }

  /** The paths of the shards, one partition for each share, near to where most of them lie. */
  JavaRDD<String> paths(JavaSparkContext spark) {
    return ShardRdd.located(spark, shares, Share::shards, Share::hosts).flatMap(List::iterator);
  }
}
