package tweedie.train.checkpoint;

import tweedie.data.ImageShape;
import tweedie.data.shard.DataStatistics;
import tweedie.data.shard.ShardedData;
import tweedie.data.shard.ShardedImages;

/**
 * The data a run is trained on.
 *
 * @param fingerprint of what is in the shards, see {@link ShardedImages#fingerprint}; earlier
 *     versions wrote {@link ShardedData#fingerprintOfFiles}
 * @param shards number of shards
 * @param shape of every image
 * @param statistics of all images
 */
public record TrainedData(
    String fingerprint, int shards, ImageShape shape, DataStatistics statistics) {

  /** The description of {@code data}. */
  public static TrainedData of(ShardedImages data, DataStatistics statistics) {
    return new TrainedData(data.fingerprint(), data.shards().size(), data.shape(), statistics);
  }

  /** For people: "60000 images of 28x28x1 in 60 shards (3f2a...)". */
  @Override
  public String toString() {
    return "%d images of %s in %d shards (fingerprint %.12s)"
        .formatted(statistics.images(), shape, shards, fingerprint);
  }
}
