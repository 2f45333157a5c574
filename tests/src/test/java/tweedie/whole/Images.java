package tweedie.whole;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardWriter;
import tweedie.data.shard.ShardedData;
import tweedie.sample.picture.ImageGrid;

/** Directories of shards. */
final class Images {

  private static final Configuration HADOOP = new Configuration();

  private Images() {}

  static ShardedData open(Path directory) throws IOException {
    return ShardedData.open(new org.apache.hadoop.fs.Path(directory.toUri()), HADOOP);
  }

  /** All images in a directory, by their ids. */
  static List<LabeledImage> read(Path directory) throws IOException {
    List<LabeledImage> images = new ArrayList<>();
    for (Shard shard : open(directory).shards()) {
      try (ShardReader reader = ShardReader.open(shard, HADOOP)) {
        reader.forEachRemaining(images::add);
      }
    }
    images.sort(Comparator.comparing(LabeledImage::id));
    return images;
  }

  /** The image as a PNG file. */
  static byte[] png(LabeledImage image) {
    return new ImageGrid(image.shape(), 1).picture(ImageRows.doubles(image.pixels()));
  }

  /** The values of all images in a directory, in the order of their ids. */
  static float[][] pixels(Path directory) throws IOException {
    return read(directory).stream().map(LabeledImage::pixels).toArray(float[][]::new);
  }

  /** Writes shards of images whose pixels run through [0, 1). */
  static Path write(Path directory, ImageShape shape, int shards, int imagesPerShard)
      throws IOException {
    for (int shard = 0; shard < shards; shard++) {
      writeShard(directory, shape, shard, imagesPerShard, (float) 0.61803);
    }
    return directory;
  }

  /** The shard of this number with NaN as the first pixel of its first image. */
  static void spoil(Path directory, ImageShape shape, int shard, int imagesPerShard)
      throws IOException {
    writeShard(directory, shape, shard, imagesPerShard, Float.NaN);
  }

  /** A shard whose ids are those of no other shard. */
  static void writeShard(Path directory, ImageShape shape, int shard, int images)
      throws IOException {
    writeShard(directory, shape, shard, 1000 * shard, images, (float) 0.61803);
  }

  private static void writeShard(
      Path directory, ImageShape shape, int shard, int imagesPerShard, float first)
      throws IOException {
    writeShard(directory, shape, shard, shard * imagesPerShard, imagesPerShard, first);
  }

  private static void writeShard(
      Path directory, ImageShape shape, int shard, int firstId, int imagesPerShard, float first)
      throws IOException {
    List<LabeledImage> images = new ArrayList<>();
    for (int i = 0; i < imagesPerShard; i++) {
      long id = firstId + i;
      float[] pixels = new float[shape.dimension()];
      for (int j = 0; j < pixels.length; j++) {
        pixels[j] = (float) ((0.61803 * (id + 1) * (j + 1)) % 1);
      }
      if (i == 0) {
        pixels[0] = first;
      }
      images.add(new LabeledImage(id, -1, shape, pixels));
    }
    ShardWriter.write(
        new org.apache.hadoop.fs.Path(
            directory.resolve("part-%05d.parquet".formatted(shard)).toUri()),
        images,
        HADOOP);
  }
}
