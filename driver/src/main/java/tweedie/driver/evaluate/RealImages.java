package tweedie.driver.evaluate;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.Function;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardedData;
import tweedie.device.TaskResources;
import tweedie.driver.evaluate.EvaluatedRun.Real;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;

/** Some real images in a form that travels. */
public sealed interface RealImages extends Serializable {

  int count();

  List<LabeledImage> read(Configuration conf) throws IOException;

  /**
   * {@code count} different real images, the first of an order that draws give, so that fewer
   * images are some of more; or draws of the mixture.
   *
   * @param largest how many at most are together, all of one shard
   */
  static List<RealImages> of(EvaluatedRun run, Real real, Draws order, int count, int largest) {
    return after(0, run, real, order, count, largest);
  }

  /** As {@link #of}, without the first so many of that order. */
  static List<RealImages> after(
      int skipped, EvaluatedRun run, Real real, Draws order, int count, int largest) {
    int end = skipped + count;
    if (real.shards().isPresent()) {
      ShardedData data = real.shards().get();
      return inShards(data, Arrays.copyOfRange(first(data, order, end), skipped, end), largest);
    }
    GaussianMixture mixture = run.mixture().orElseThrow();
    long seed = run.settings().seed();
    return IntStream.iterate(skipped, first -> first < end, first -> first + largest)
        .<RealImages>mapToObj(
            first -> new Drawn(mixture, seed, first, Math.min(largest, end - first)))
        .toList();
  }

  /**
   * Different real images in an order that the seed gives, so that any two parts of them are
   * independent, each shard one task; or draws of the mixture.
   *
   * @return [count, d]
   */
  static float[] rows(EvaluatedRun run, Real real, int count) {
    long seed = run.settings().seed();
    if (real.shards().isEmpty()) {
      return ImageRows.of(new Drawn(run.mixture().orElseThrow(), seed, 0, count).read(run.conf()));
    }
    ShardedData data = real.shards().get();
    int[] chosen = first(data, Draws.of(seed, Purpose.EVALUATION, 0, -1), count);
    List<RealImages> tasks = inShards(data, chosen, count);
    List<float[]> parts = run.spark().parallelize(tasks, tasks.size()).map(new Read()).collect();
    int[] rising =
        IntStream.range(0, count)
            .boxed()
            .sorted(Comparator.comparing(i -> chosen[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    int d = data.shape().dimension();
    float[] rows = new float[count * d];
    int next = 0;
    for (float[] part : parts) {
      for (int at = 0; at < part.length; at += d) {
        System.arraycopy(part, at, rows, rising[next++] * d, d);
      }
    }
    return rows;
  }

  private static int[] first(ShardedData data, Draws draws, int count) {
    return Arrays.copyOf(draws.permutation(Math.toIntExact(data.images())), count);
  }

  private static List<RealImages> inShards(ShardedData data, int[] chosen, int largest) {
    List<RealImages> parts = new ArrayList<>();
    long first = 0;
    for (Shard shard : data.shards()) {
      long from = first;
      int[] here =
          Arrays.stream(chosen)
              .filter(i -> i >= from && i < from + shard.images())
              .map(i -> (int) (i - from))
              .sorted()
              .toArray();
      for (int at = 0; at < here.length; at += largest) {
        parts.add(
            new Chosen(shard, Arrays.copyOfRange(here, at, Math.min(here.length, at + largest))));
      }
      first += shard.images();
    }
    return parts;
  }

  /**
   * Images of a shard.
   *
   * @param positions in it, ascending
   */
  record Chosen(Shard shard, int[] positions) implements RealImages {

    @Override
    public int count() {
      return positions.length;
    }

    @Override
    public List<LabeledImage> read(Configuration conf) throws IOException {
      return ShardReader.chosen(shard, positions, conf);
    }
  }

  /** Exact draws number {@code first}..first+count-1. */
  record Drawn(GaussianMixture mixture, long seed, long first, int count) implements RealImages {

    /** Numbers of exact draws that no import makes. */
    private static final long FIRST_DRAW = 1L << 40;

    @Override
    public List<LabeledImage> read(Configuration conf) {
      long from = FIRST_DRAW + first;
      long[] ids = LongStream.range(from, from + count).toArray();
      int[] components =
          LongStream.of(ids).mapToInt(id -> mixture.draw(seed, id).component()).toArray();
      return ImageRows.images(
          mixture.sample(seed, ids), ids, components, new ImageShape(1, 1, mixture.dimension()));
    }
  }

  /** Reads images as rows, [n, d]. */
  record Read() implements Function<RealImages, float[]> {

    @Override
    public float[] call(RealImages images) throws IOException {
      return ImageRows.of(images.read(TaskResources.hadoop()));
    }
  }
}
