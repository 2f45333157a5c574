package tweedie.data;

import java.io.Serializable;

/**
 * One file of images, the unit that is spread over executors.
 *
 * @param path Hadoop URI of the Parquet file
 * @param images number of images in it
 */
public record Shard(String path, long images) implements Serializable {}
