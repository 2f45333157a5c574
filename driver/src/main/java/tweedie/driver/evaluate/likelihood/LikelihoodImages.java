package tweedie.driver.evaluate.likelihood;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardedData;
import tweedie.driver.evaluate.RealImages;
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
            first -> new Drawn(mixture, seed, first, Math.min(largest, count - first)))
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
      return ShardReader.chosen(shard, positions, conf);
    }
  }

  /** Exact draws number {@code first}..first+count-1. */
  record Drawn(GaussianMixture mixture, long seed, long first, int count)
      implements LikelihoodImages {

    @Override
    public List<LabeledImage> read(Configuration conf) {
      return RealImages.drawn(mixture, seed, first, count);
    }
  }
}
