package tweedie.driver.model;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.ImageRows;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.device.TaskResources;
import tweedie.driver.progress.CountedJob;
import tweedie.score.PosteriorSums;

/**
 * What all images of a data set say of some noisy images: a Spark job whose tasks sum over some
 * shards each, an image at a time, and whose sums are merged two by two. The data are never in one
 * place; what travels are the noisy images and sums of their size.
 *
 * @param shards at least one
 * @param dimension d of their images
 */
public record DataPosterior(JavaSparkContext spark, List<Shard> shards, int dimension) {

  private static final Logger LOG = LoggerFactory.getLogger(DataPosterior.class);

  /** Noise at which no image is too far to count, so that a call takes longest. */
  private static final double LARGE = 1e6;

  /** So many images are summed over together. */
  static final int BLOCK = 32;

  /** How long one task takes to read the first shard and sum over it for {@code n} images. */
  double secondsOfFirstShard(int n) {
    double[] s = new double[n];
    Arrays.fill(s, LARGE);
    Noisy noisy = new Noisy(new double[n * dimension], s);
    LongAccumulator seen = spark.sc().longAccumulator("images timed");
    List<Shard> first = List.of(shards.get(0));
    long began = System.nanoTime();
    try (CountedJob job = CountedJob.within(spark, "time of the first shard")) {
      sums(job, noisy, List.of(new ArrayList<>(first)), seen);
    }
    return (System.nanoTime() - began) / 1e9;
  }

  /** Says how long {@link #of} will take for so many noisy images. */
  public void announce(long noisyImages, int atOnce) {
    long images = shards.stream().mapToLong(Shard::images).sum();
    int timed = (int) Math.min(noisyImages, atOnce);
    double seconds = secondsOfFirstShard(timed) * images / shards.get(0).images() / tasks();
    LOG.info(
        "{} noisy images are compared with {} images of data: at most about {} s, by the time of"
            + " the first shard, with {} tasks at once",
        noisyImages,
        images,
        "%.3g".formatted(seconds * noisyImages / timed),
        tasks());
  }

  /**
   * The sums over all shards.
   *
   * @param y noisy images, [n, d]
   * @param s noise of each, [n]
   */
  public PosteriorSums of(double[] y, double[] s) {
    List<ArrayList<Shard>> groups = new ArrayList<>();
    for (int i = 0; i < tasks(); i++) {
      int from = (int) ((long) i * shards.size() / tasks());
      int to = (int) ((long) (i + 1) * shards.size() / tasks());
      groups.add(new ArrayList<>(shards.subList(from, to)));
    }
    long images = shards.stream().mapToLong(Shard::images).sum();
    try (CountedJob job = CountedJob.within(spark, "best denoiser of the data")) {
      LongAccumulator seen = job.count("best denoiser of the data", "images", images);
      return sums(job, new Noisy(y, s), groups, seen);
    }
  }

  /** As many as can run at once: each holds sums of the size of the noisy images. */
  private int tasks() {
    return Math.max(1, Math.min(shards.size(), spark.defaultParallelism()));
  }

  private PosteriorSums sums(
      CountedJob job, Noisy noisy, List<ArrayList<Shard>> groups, LongAccumulator seen) {
    return spark
        .parallelize(groups, groups.size())
        .map(new Sum(job.broadcast(noisy), seen))
        .treeReduce(PosteriorSums::merge);
  }

  private record Noisy(double[] y, double[] s) implements Serializable {}

  private record Sum(Broadcast<Noisy> noisy, LongAccumulator seen)
      implements Function<ArrayList<Shard>, PosteriorSums> {

    @Override
    public PosteriorSums call(ArrayList<Shard> shards) {
      PosteriorSums sums = new PosteriorSums(noisy.value().y(), noisy.value().s());
      for (Shard shard : shards) {
        readBlocks(
            shard,
            block -> {
              sums.add(block);
              seen.add(block.length);
            });
      }
      return sums;
    }
  }

  /** Reads a shard inside a task; blocks are [up to 32][d]. */
  static void readBlocks(Shard shard, Consumer<double[][]> task) {
    List<double[]> block = new ArrayList<>();
    try (ShardReader reader = ShardReader.open(shard, TaskResources.hadoop())) {
      while (reader.hasNext()) {
        block.add(ImageRows.doubles(reader.next().pixels()));
        if (block.size() == BLOCK || !reader.hasNext()) {
          task.accept(block.toArray(double[][]::new));
          block.clear();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(shard.path() + " cannot be read: " + e.getMessage(), e);
    }
  }
}
