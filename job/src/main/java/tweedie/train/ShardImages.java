package tweedie.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;

/**
 * A shard that is in memory.
 *
 * @param images its images, in order
 */
public record ShardImages(String path, List<LabeledImage> images) {

  /** Images that come from no file. */
  public static ShardImages inMemory(List<LabeledImage> images) {
    return new ShardImages("images in memory", images);
  }

  /** Reads one shard after the other from these paths. */
  public static Iterator<ShardImages> read(Iterator<String> paths, Configuration hadoop) {
    return new Mapped<>(paths, path -> read(path, hadoop));
  }

  static ShardImages read(String path, Configuration hadoop) {
    List<LabeledImage> images = new ArrayList<>();
    try (ShardReader reader = ShardReader.open(new Shard(path, 0), hadoop)) {
      reader.forEachRemaining(images::add);
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be read: " + e.getMessage(), e);
    }
    return new ShardImages(path, images);
  }

  /** Unpacks one shard after the other. */
  public static Iterator<ShardImages> unpacked(Iterator<PackedShard> shards) {
    return new Mapped<>(
        shards,
        packed -> {
          // Spark locks a block that it keeps until the end of its iterator is seen
          shards.hasNext();
          return new ShardImages(packed.path(), packed.images());
        });
  }
}
