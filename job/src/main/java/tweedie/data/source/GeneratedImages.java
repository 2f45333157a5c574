package tweedie.data.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.array.NpzReader;
import tweedie.data.picture.PictureReader;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardedData;

/**
 * Images that some model has drawn, at most a number of them, in memory and as they are: never
 * resized.
 *
 * @param place where they were read
 * @param total how many there are in all
 * @param shape of every image
 * @param pixels of the first of them, [n, d] in the order [height, width, channel]; 8-bit ones in
 *     [0, 1]
 */
public record GeneratedImages(String place, long total, ImageShape shape, float[] pixels) {

  /** Number of images in memory n. */
  public int count() {
    return pixels.length / shape.dimension();
  }

  /**
   * The samples in a directory of shards, those with the lowest numbers.
   *
   * @throws DataException if it holds no sample
   */
  public static GeneratedImages ofShards(Path directory, int most, Configuration conf)
      throws IOException {
    ShardedData data = ShardedData.open(directory, conf);
    List<float[]> images = new ArrayList<>();
    for (Shard shard : data.shards()) {
      if (images.size() < most) {
        try (ShardReader reader = ShardReader.open(shard, conf)) {
          while (reader.hasNext() && images.size() < most) {
            images.add(reader.next().pixels());
          }
        }
      }
    }
    return new GeneratedImages(directory.toString(), data.images(), data.shape(), rows(images));
  }

  /**
   * A {@code .npz} file with {@code arr_0}, as tools that compute FID read and write it.
   *
   * @throws DataException if it is not of that form
   */
  public static GeneratedImages ofNpz(String file, int most, Configuration conf)
      throws IOException {
    try (NpzReader npz = NpzReader.open(file, conf)) {
      List<float[]> images = new ArrayList<>();
      while (images.size() < most && npz.hasNext()) {
        images.add(npz.next());
      }
      return new GeneratedImages(file, npz.count(), npz.shape(), rows(images));
    }
  }

  /**
   * The PNG and JPEG files of a folder, in the order of their paths.
   *
   * @param shape that each must have
   * @throws DataException if there is none, or one is damaged or of another shape
   */
  public static GeneratedImages ofFolder(
      String folder, ImageShape shape, int most, Configuration conf) throws IOException {
    List<Path> pictures = PictureReader.list(List.of(folder), conf);
    List<float[]> images = new ArrayList<>();
    for (Path picture : pictures.subList(0, Math.min(most, pictures.size()))) {
      images.add(ImageRows.floats(PictureReader.read(picture, shape, conf)));
    }
    return new GeneratedImages(folder, pictures.size(), shape, rows(images));
  }

  private static float[] rows(List<float[]> images) {
    return ImageRows.joined(images.toArray(new float[0][]));
  }
}
