package tweedie.driver.evaluate.likelihood;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardedData;
import tweedie.driver.evaluate.RealRows;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;

/** A batch of images whose density is measured, in a form that travels. */
sealed interface LikelihoodImages extends Serializable {

  int count();

  List<LabeledImage> read(Configuration conf) throws IOException;

  /**
   * Batches of images of a data set. The first of an order that the seed gives are taken, so that
   * fewer images are some of more.
   *
   * @param count how many images
   * @param largest how many at most in a batch, all of one shard
   */
  static List<LikelihoodImages> of(ShardedData data, long seed, int count, int largest) {
    int[] chosen =
        Arrays.copyOf(
            Draws.of(seed, Purpose.LIKELIHOOD, -1, 0).permutation(Math.toIntExact(data.images())),
            count);
    Arrays.sort(chosen);
    List<LikelihoodImages> batches = new ArrayList<>();
    long first = 0;
    for (Shard shard : data.shards()) {
      long from = first;
      int[] here =
          Arrays.stream(chosen)
              .filter(i -> i >= from && i < from + shard.images())
              .map(i -> (int) (i - from))
              .toArray();
      for (int at = 0; at < here.length; at += largest) {
        batches.add(
            new Chosen(shard, Arrays.copyOfRange(here, at, Math.min(here.length, at + largest))));
      }
      first += shard.images();
    }
    return batches;
  }

  /** Batches of exact draws of a mixture. */
  static List<LikelihoodImages> of(GaussianMixture mixture, long seed, int count, int largest) {
    return IntStream.iterate(0, first -> first < count, first -> first + largest)
        .<LikelihoodImages>mapToObj(
            first ->
                new Drawn(
                    mixture, seed, RealRows.FIRST_DRAW + first, Math.min(largest, count - first)))
        .toList();
  }

  /**
   * Images of a shard.
   *
   * @param positions in it, ascending
   */
  record Chosen(Shard shard, int[] positions) implements LikelihoodImages {

    @Override
    public int count() {
      return positions.length;
    }

    @Override
    public List<LabeledImage> read(Configuration conf) throws IOException {
      List<LabeledImage> images = new ArrayList<>();
      try (ShardReader reader = ShardReader.open(shard, conf)) {
        for (int at = 0; images.size() < positions.length; at++) {
          LabeledImage image = reader.next();
          if (at == positions[images.size()]) {
            images.add(image);
          }
        }
      }
      return images;
    }
  }

  /** Exact draws. */
  record Drawn(GaussianMixture mixture, long seed, long first, int count)
      implements LikelihoodImages {

    @Override
    public List<LabeledImage> read(Configuration conf) {
      int d = mixture.dimension();
      long[] ids = LongStream.range(first, first + count).toArray();
      double[] drawn = mixture.sample(seed, ids);
      List<LabeledImage> images = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        float[] values = new float[d];
        for (int j = 0; j < d; j++) {
          values[j] = (float) drawn[i * d + j];
        }
        images.add(new LabeledImage(ids[i], -1, new ImageShape(1, 1, d), values));
      }
      return images;
    }
  }
}
