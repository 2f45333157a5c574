package tweedie.driver.evaluate;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardedData;
import tweedie.device.TaskResources;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;

/**
 * Real images in an order that chance has chosen, so that any two parts of them are independent.
 *
 * @param rows [n, d]
 * @param labels -1 where there is none, [n]
 */
public record RealImages(float[] rows, int[] labels) implements Serializable {

  /** Numbers of exact draws that no import makes. */
  private static final long FIRST_DRAW = 1L << 40;

  private record Wanted(Shard shard, int[] positions) implements Serializable {}

  /** {@code count} different images of a data set, chosen by the seed; each shard is one task. */
  public static RealImages choose(JavaSparkContext spark, ShardedData data, long seed, int count) {
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
          IntStream.range(0, count)
              .filter(i -> chosen[i] >= from && chosen[i] < to)
              .boxed()
              .sorted(Comparator.comparing(i -> chosen[i]))
              .mapToInt(Integer::intValue)
              .toArray();
      if (here.length > 0) {
        tasks.add(
            new Wanted(shard, Arrays.stream(here).map(i -> (int) (chosen[i] - from)).toArray()));
        places.add(here);
      }
      first = to;
    }
    List<RealImages> parts = spark.parallelize(tasks, tasks.size()).map(new Read()).collect();
    float[] rows = new float[count * d];
    int[] labels = new int[count];
    for (int part = 0; part < parts.size(); part++) {
      int[] here = places.get(part);
      for (int j = 0; j < here.length; j++) {
        System.arraycopy(parts.get(part).rows(), j * d, rows, here[j] * d, d);
        labels[here[j]] = parts.get(part).labels()[j];
      }
    }
    return new RealImages(rows, labels);
  }

  /** Exact draws of a mixture. */
  public static RealImages draw(GaussianMixture mixture, long seed, int count) {
    return of(drawn(mixture, seed, 0, count));
  }

  /** Exact draws number {@code first}..first+count-1 of a mixture, as images. */
  public static List<LabeledImage> drawn(
      GaussianMixture mixture, long seed, long first, int count) {
    long[] ids = LongStream.range(FIRST_DRAW + first, FIRST_DRAW + first + count).toArray();
    return ImageRows.images(
        mixture.sample(seed, ids), ids, new ImageShape(1, 1, mixture.dimension()));
  }

  private static RealImages of(List<LabeledImage> images) {
    return new RealImages(
        ImageRows.of(images), images.stream().mapToInt(LabeledImage::label).toArray());
  }

  private record Read() implements Function<Wanted, RealImages> {

    @Override
    public RealImages call(Wanted wanted) throws IOException {
      return of(ShardReader.chosen(wanted.shard(), wanted.positions(), TaskResources.hadoop()));
    }
  }
}
