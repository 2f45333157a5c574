package tweedie.data.shard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;

/** Images of one shape, divided into shards, wherever these are. */
public interface ShardedImages {

  /** Ends a fingerprint that is one of content; earlier versions took another. */
  String OF_CONTENT = "-content";

  /** Where the images are, for messages. */
  String place();

  /** Whether a shard is a file, whose path is that of the shard. */
  boolean inFiles();

  /** The shape of every image. */
  ImageShape shape();

  /** Whether pixels are stored as bytes and read as [0, 1]; otherwise they are any floats. */
  boolean eightBit();

  /** The shards, in order; at least one, and none without an image. */
  List<Shard> shards();

  /** Number of images in all shards. */
  default long images() {
    return shards().stream().mapToLong(Shard::images).sum();
  }

  /**
   * Between which labels those of all images lie.
   *
   * @throws DataException if that is not known
   */
  LabelRange labels();

  /**
   * The names of the classes, whose places are the labels; empty where they have none.
   *
   * @throws DataException if what keeps them is damaged
   * @throws UncheckedIOException if the file system fails
   */
  List<String> classNames();

  /**
   * Number of classes: all labels and the places of all names are below it; 0 where no image has a
   * label.
   *
   * @throws DataException if some images have a label and others none, or a label is no number of a
   *     class
   */
  default int classes() {
    int labels = labels().classes(place());
    return labels == 0 ? 0 : Math.max(labels, classNames().size());
  }

  /**
   * The images, a partition for each shard, which tasks read one after the other.
   *
   * @return images as they are asked for; nothing is kept
   */
  JavaRDD<LabeledImage> read(JavaSparkContext spark);

  /**
   * A hash of what is in the shards: of the shape of the images and whether they are 8-bit, and for
   * each shard in order of ids, labels and pixels (see {@link ShardChecksum}). Where they are, and
   * how they are encoded, does not matter; how the images are divided into shards does, as training
   * depends on it.
   *
   * @throws UncheckedIOException if the file system fails
   */
  String fingerprint();

  /** The fingerprint of these data that is of the kind of {@code written}. */
  default String fingerprintLike(String written) {
    return fingerprint();
  }

  /** Whether a fingerprint that was written down is that of these data. */
  default boolean isOf(String written) {
    return written.equals(fingerprintLike(written));
  }

  /**
   * Takes the checksums of the shards, in order, from somebody who has just read them all.
   *
   * @throws IOException if those that are kept cannot be read
   */
  default void keep(List<String> checksums) throws IOException {}

  /** What is said of all images in a fingerprint, and to people: "8-bit images of 28x28x1". */
  static String kind(ImageShape shape, boolean eightBit) {
    return (eightBit ? "8-bit images of " : "floats of ") + shape;
  }

  /** The {@link #fingerprint} of images whose shards have these checksums. */
  static String fingerprint(ShardedImages images, List<String> checksums) {
    List<Shard> shards = images.shards();
    StringBuilder print = new StringBuilder();
    print.append(kind(images.shape(), images.eightBit())).append('\n');
    for (int i = 0; i < checksums.size(); i++) {
      print.append(shards.get(i).images()).append(' ');
      print.append(checksums.get(i)).append('\n');
    }
    return sha256(print.toString()) + OF_CONTENT;
  }

  /** SHA-256 of a text, in hexadecimal. */
  static String sha256(String text) {
    byte[] hash = ShardChecksum.sha256().digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash);
  }
}
