package tweedie.data.shard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import scala.Option;
import tweedie.data.LabeledImage;
import tweedie.data.SourceImage;

/**
 * SHA-256 of the images of a shard, in their order: id, label and pixels of each, a byte a value
 * for 8-bit images and a float otherwise. It does not depend on how a file encodes them. One thread
 * at a time.
 */
public final class ShardChecksum {

  private final MessageDigest digest = sha256();

  /** Reads shards, in tasks where this process has a Spark session, and here otherwise. */
  static List<String> of(List<Shard> shards, boolean eightBit, Configuration conf)
      throws IOException {
    Option<SparkSession> session = SparkSession.getDefaultSession();
    Read read = new Read(new SerializableConfiguration(conf), eightBit);
    if (session.isDefined() && !session.get().sparkContext().isStopped()) {
      return JavaSparkContext.fromSparkContext(session.get().sparkContext())
          .parallelize(shards, shards.size())
          .map(read)
          .collect();
    }
    List<String> checksums = new ArrayList<>();
    for (Shard shard : shards) {
      checksums.add(read.call(shard));
    }
    return checksums;
  }

  private record Read(SerializableConfiguration conf, boolean eightBit)
      implements Function<Shard, String> {

    @Override
    public String call(Shard shard) throws IOException {
      ShardChecksum checksum = new ShardChecksum();
      try (ShardReader images = ShardReader.open(shard, conf.value())) {
        images.forEachRemaining(image -> checksum.add(image, eightBit));
      }
      return checksum.hex();
    }
  }

  /** Adds the next image. */
  public void add(long id, SourceImage image) {
    if (image.bytes() != null) {
      add(id, image.label(), ByteBuffer.wrap(image.bytes()));
    } else {
      add(id, image.label(), encoded(image.floats()));
    }
  }

  /** Adds the next image of a shard as it was read. */
  void add(LabeledImage image, boolean eightBit) {
    float[] pixels = image.pixels();
    add(image.id(), image.label(), eightBit ? eightBit(pixels) : encoded(pixels));
  }

  private void add(long id, int label, ByteBuffer pixels) {
    digest.update(ByteBuffer.allocate(Long.BYTES + Integer.BYTES).putLong(id).putInt(label).flip());
    digest.update(pixels);
  }

  private static ByteBuffer eightBit(float[] pixels) {
    byte[] bytes = new byte[pixels.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.round(255 * pixels[i]);
    }
    return ByteBuffer.wrap(bytes);
  }

  private static ByteBuffer encoded(float[] pixels) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * pixels.length);
    for (float pixel : pixels) {
      bytes.putInt(Float.floatToIntBits(pixel)); // one NaN is as good as another
    }
    return bytes.flip();
  }

  /** The checksum of the images so far, in hexadecimal; the next one begins anew. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
