package tweedie.driver.evaluate;

import tweedie.device.TaskResources;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardedData;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;

/**
 * Real images in an order that chance has chosen, so that any two parts of them are independent.
 *
 * @param rows [n, d]
 * @param labels -1 where there is none, [n]
 */
public record RealRows(float[] rows, int[] labels) {

  /** Numbers of exact draws that no import makes. */
  public static final long FIRST_DRAW = 1L << 40;

  private record Wanted(Shard shard, int[] positions) implements Serializable {}

  private record Chosen(float[] rows, int[] labels) implements Serializable {}

  /** {@code count} different images of a data set, chosen by the seed; each shard is one task. */
  public static RealRows choose(JavaSparkContext spark, ShardedData data, long seed, int count) {
    int d = data.shape().dimension();
    int[] chosen =
        Arrays.copyOf(
            Draws.of(seed, Purpose.EVALUATION, 0, -1).permutation(Math.toIntExact(data.images())),
            count);
    List<Wanted> tasks = new ArrayList<>();
    List<int[]> places = new ArrayList<>();
    long first = 0;
    for (Shard shard : data.shards()) {
      long from = first;
      long to = first + shard.images();
      int[] here =
          java.util.stream.IntStream.range(0, count)
              .filter(i -> chosen[i] >= from && chosen[i] < to)
              .boxed()
              .sorted(java.util.Comparator.comparing(i -> chosen[i]))
              .mapToInt(Integer::intValue)
              .toArray();
      if (here.length > 0) {
        tasks.add(
            new Wanted(shard, Arrays.stream(here).map(i -> (int) (chosen[i] - from)).toArray()));
        places.add(here);
      }
      first = to;
    }
    List<Chosen> parts = spark.parallelize(tasks, tasks.size()).map(new Read(d)).collect();
    float[] rows = new float[count * d];
    int[] labels = new int[count];
    for (int part = 0; part < parts.size(); part++) {
      int[] here = places.get(part);
      for (int j = 0; j < here.length; j++) {
        System.arraycopy(parts.get(part).rows(), j * d, rows, here[j] * d, d);
        labels[here[j]] = parts.get(part).labels()[j];
      }
    }
    return new RealRows(rows, labels);
  }

  /** Exact draws of a mixture. */
  public static RealRows draw(GaussianMixture mixture, long seed, int count) {
    double[] drawn =
        mixture.sample(
            seed, java.util.stream.LongStream.range(FIRST_DRAW, FIRST_DRAW + count).toArray());
    float[] rows = new float[drawn.length];
    for (int j = 0; j < rows.length; j++) {
      rows[j] = (float) drawn[j];
    }
    int[] labels = new int[count];
    Arrays.fill(labels, -1);
    return new RealRows(rows, labels);
  }

  private record Read(int dimension) implements Function<Wanted, Chosen> {

    @Override
    public Chosen call(Wanted wanted) throws IOException {
      int[] positions = wanted.positions();
      float[] rows = new float[positions.length * dimension];
      int[] labels = new int[positions.length];
      try (ShardReader images =
          ShardReader.open(
              wanted.shard(), TaskResources.hadoop())) {
        int at = 0;
        for (int j = 0; j < positions.length; at++) {
          LabeledImage image = images.next();
          if (at == positions[j]) {
            System.arraycopy(image.pixels(), 0, rows, j * dimension, dimension);
            labels[j] = image.label();
            j++;
          }
        }
      }
      return new Chosen(rows, labels);
    }
  }
}
