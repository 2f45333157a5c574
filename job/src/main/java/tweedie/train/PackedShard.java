package tweedie.train;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;

/**
 * The images of a shard in little memory: a byte for each value where all of them are a byte / 255,
 * as those of 8-bit images are, else a float. Unpacking gives the same bits.
 *
 * @param path of the shard
 * @param packed its images, in order
 */
public record PackedShard(String path, List<PackedImage> packed) implements Serializable {

  /**
   * An image.
   *
   * @param bytes its values in 1/255; null if they are not of this kind
   * @param floats its values, where there are no bytes
   */
  private record PackedImage(long id, int label, ImageShape shape, byte[] bytes, float[] floats)
      implements Serializable {

    static PackedImage of(LabeledImage image) {
      byte[] bytes = bytes(image.pixels());
      return new PackedImage(
          image.id(), image.label(), image.shape(), bytes, bytes == null ? image.pixels() : null);
    }

    private static byte[] bytes(float[] pixels) {
      byte[] bytes = new byte[pixels.length];
      for (int i = 0; i < pixels.length; i++) {
        int value = Math.round(pixels[i] * 255);
        if (value < 0
            || value > 255
            || Float.floatToRawIntBits(value / 255f) != Float.floatToRawIntBits(pixels[i])) {
          return null;
        }
        bytes[i] = (byte) value;
      }
      return bytes;
    }

    LabeledImage image() {
      float[] pixels = floats;
      if (bytes != null) {
        pixels = new float[bytes.length];
        for (int i = 0; i < pixels.length; i++) {
          pixels[i] = (bytes[i] & 255) / 255f;
        }
      }
      return new LabeledImage(id, label, shape, pixels);
    }
  }

  /** Packs the images of a shard. */
  public static PackedShard of(String path, Iterator<LabeledImage> images) {
    List<PackedImage> packed = new ArrayList<>();
    images.forEachRemaining(image -> packed.add(PackedImage.of(image)));
    return new PackedShard(path, packed);
  }

  /** Its images, in order. */
  public List<LabeledImage> images() {
    return packed.stream().map(PackedImage::image).toList();
  }
}
