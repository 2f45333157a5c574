package tweedie.data.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import tweedie.data.DataException;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.PixelRange;
import tweedie.data.array.NpyHeader;
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
 * @param labels the class that each was asked to be, [n]; -1 where none was
 */
public record GeneratedImages(
    String place, long total, ImageShape shape, float[] pixels, int[] labels) {

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
    List<LabeledImage> images = new ArrayList<>();
    for (Shard shard : data.shards()) {
      if (images.size() < most) {
        try (ShardReader reader = ShardReader.open(shard, conf)) {
          while (reader.hasNext() && images.size() < most) {
            images.add(reader.next());
          }
        }
      }
    }
    return new GeneratedImages(
        directory.toString(),
        data.images(),
        data.shape(),
        ImageRows.of(images),
        images.stream().mapToInt(LabeledImage::label).toArray());
  }

  /**
   * A {@code .npz} file with {@code arr_0}, as tools that compute FID read and write it.
   *
   * @param shape that each must have
   * @param scale what black and white are in an array of floats; [0, 1] unless given
   * @throws DataException if the file is damaged or not of that form, or pixels are outside of [0,
   *     1]
   */
  public static GeneratedImages ofNpz(
      String file, ImageShape shape, int most, Optional<PixelRange> scale, Configuration conf)
      throws IOException {
    try (NpzReader npz = NpzReader.open(file, conf)) {
      if (!npz.shape().equals(shape)) {
        throw new DataException(
            "%s holds samples of %s, the model's are of %s".formatted(file, npz.shape(), shape));
      }
      if (scale.isPresent() && npz.type() != NpyHeader.Type.FLOAT32) {
        throw new DataException(
            file + " holds bytes, of which 0 is black and 255 white: leave out --scale");
      }
      List<float[]> images = new ArrayList<>();
      while (images.size() < most && npz.hasNext()) {
        images.add(npz.next());
        scale.ifPresent(range -> range.scale(images.get(images.size() - 1)));
      }
      float[] pixels = rows(images);
      if (!shape.vector() && npz.type() == NpyHeader.Type.FLOAT32) {
        requirePixels(file, pixels);
      }
      return new GeneratedImages(file, npz.count(), shape, pixels, unasked(images.size()));
    }
  }

  private static void requirePixels(String file, float[] pixels) {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (float pixel : pixels) {
      low = pixel < low ? pixel : low;
      high = pixel > high ? pixel : high;
    }
    if (low < 0 || high > 1) {
      throw new DataException(
          "%s: its samples reach from %s to %s, and pixels are in [0, 1]; --scale LOW:HIGH says what black and white are, such as 0:255 or -1:1, and cuts off what is outside"
              .formatted(file, low, high));
    }
  }

  /**
   * The pictures in a folder, in the order of their paths.
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
    return new GeneratedImages(
        folder, pictures.size(), shape, rows(images), unasked(images.size()));
  }

  private static int[] unasked(int count) {
    int[] labels = new int[count];
    Arrays.fill(labels, -1);
    return labels;
  }

  private static float[] rows(List<float[]> images) {
    return ImageRows.joined(images.toArray(new float[0][]));
  }
}
