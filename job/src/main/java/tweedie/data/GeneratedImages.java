package tweedie.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

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
    return new GeneratedImages(
        directory.toString(), data.images(), data.shape(), rows(images, data.shape()));
  }

  /**
   * A {@code .npz} file with {@code arr_0}, as tools that compute FID read and write it.
   *
   * @throws DataException if it is not of that form
   */
  public static GeneratedImages ofNpz(String file, int most, Configuration conf)
      throws IOException {
    try (NpzImages npz = NpzImages.open(file, conf)) {
      List<float[]> images = new ArrayList<>();
      while (images.size() < Math.min(most, npz.total())) {
        images.add(scaled(npz.next()));
      }
      return new GeneratedImages(file, npz.total(), npz.shape(), rows(images, npz.shape()));
    }
  }

  /**
   * The PNG and JPEG files of a folder and the folders in it, in the order of their paths. Where
   * {@code channels} is 1, pictures whose three channels are equal are taken for gray.
   *
   * @param channels of the images that are wanted
   * @throws DataException if there is none, one is damaged, or they differ in size
   */
  public static GeneratedImages ofFolder(String folder, int channels, int most, Configuration conf)
      throws IOException {
    List<String> pictures = FolderSource.pictures(folder, conf, new ArrayList<>());
    List<float[]> images = new ArrayList<>();
    ImageShape first = null;
    for (String name : pictures.subList(0, Math.min(most, pictures.size()))) {
      Picture picture = FolderSource.read(name, conf);
      boolean gray = channels == 1 && isGray(picture);
      ImageShape shape =
          new ImageShape(picture.height(), picture.width(), gray ? 1 : picture.channels());
      first = first == null ? shape : first;
      if (!shape.equals(first)) {
        throw new DataException(
            "Pictures differ: %s is %s, %s is %s".formatted(pictures.get(0), first, name, shape));
      }
      images.add(scaled(gray ? firstChannel(picture) : picture.pixels()));
    }
    return new GeneratedImages(folder, pictures.size(), first, rows(images, first));
  }

  private static boolean isGray(Picture picture) {
    byte[] pixels = picture.pixels();
    for (int i = 0; i < pixels.length; i++) {
      if (pixels[i] != pixels[i - i % picture.channels()]) {
        return false;
      }
    }
    return true;
  }

  private static byte[] firstChannel(Picture picture) {
    byte[] gray = new byte[picture.height() * picture.width()];
    for (int i = 0; i < gray.length; i++) {
      gray[i] = picture.pixels()[i * picture.channels()];
    }
    return gray;
  }

  private static float[] scaled(byte[] bytes) {
    float[] pixels = new float[bytes.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (bytes[i] & 255) / 255f;
    }
    return pixels;
  }

  private static float[] rows(List<float[]> images, ImageShape shape) {
    float[] rows = new float[images.size() * shape.dimension()];
    for (int i = 0; i < images.size(); i++) {
      System.arraycopy(images.get(i), 0, rows, i * shape.dimension(), shape.dimension());
    }
    return rows;
  }
}
