package tweedie.data.shard;

import java.io.Serializable;
import java.util.List;

/**
 * One file of images, the unit that is spread over executors.
 *
 * @param path Hadoop URI of the Parquet file
 * @param images number of images in it
 * @param hosts machines that hold all of it, on a file system that says so, such as HDFS
 */
public record Shard(String path, long images, List<String> hosts) implements Serializable {

  /** A shard that no machine is nearer to than another. */
  public Shard(String path, long images) {
    this(path, images, List.of());
  }
}
