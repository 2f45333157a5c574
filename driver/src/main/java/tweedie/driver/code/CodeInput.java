package tweedie.driver.code;

import java.util.ArrayList;
import java.util.List;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardedData;

/**
 * Images that are to be encoded, or codes that are to be decoded.
 *
 * @param place where they are, for people
 * @param count how many
 * @param shards that hold them, the first of which are read; empty where they are {@code read}
 * @param read those that the driver has read
 */
record CodeInput(
    String place, ImageShape shape, long count, List<Shard> shards, List<LabeledImage> read) {

  /** The first of a data set, at most so many. */
  static CodeInput of(String place, ShardedData data, long most) {
    return new CodeInput(
        place, data.shape(), Math.min(most, data.images()), data.shards(), List.of());
  }

  /** Those that were read; at least one. */
  static CodeInput of(String place, List<LabeledImage> read) {
    return new CodeInput(place, read.get(0).shape(), read.size(), List.of(), read);
  }

  /** All of them in their order, at most so many together. */
  List<CodeBatch> batches(int largest) {
    List<CodeBatch> batches = new ArrayList<>();
    for (int from = 0; from < read.size(); from += largest) {
      batches.add(
          CodeBatch.Read.of(from, read.subList(from, Math.min(read.size(), from + largest))));
    }
    long first = 0;
    for (Shard shard : shards) {
      long here = Math.min(shard.images(), count - first);
      for (int from = 0; from < here; from += largest) {
        int together = (int) Math.min(largest, here - from);
        batches.add(new CodeBatch.InShard(first + from, together, shard, from));
      }
      first += Math.max(0, here);
    }
    return batches;
  }
}
