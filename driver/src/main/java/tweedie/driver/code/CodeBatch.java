package tweedie.driver.code;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;

/** Some images, or codes, in a form that travels. */
sealed interface CodeBatch extends Serializable {

  /** Position of the first among all. */
  long first();

  int count();

  List<LabeledImage> read(Configuration conf) throws IOException;

  /**
   * Those of a shard.
   *
   * @param from position of the first in it
   */
  record InShard(long first, int count, Shard shard, int from) implements CodeBatch {

    @Override
    public List<LabeledImage> read(Configuration conf) throws IOException {
      return ShardReader.chosen(shard, IntStream.range(from, from + count).toArray(), conf);
    }
  }

  /**
   * Those that the driver has read.
   *
   * @param rows [n, d]
   */
  record Read(long first, ImageShape shape, long[] ids, int[] labels, float[] rows)
      implements CodeBatch {

    static Read of(long first, List<LabeledImage> images) {
      return new Read(
          first,
          images.get(0).shape(),
          images.stream().mapToLong(LabeledImage::id).toArray(),
          images.stream().mapToInt(LabeledImage::label).toArray(),
          ImageRows.of(images));
    }

    @Override
    public int count() {
      return ids.length;
    }

    @Override
    public List<LabeledImage> read(Configuration conf) {
      int d = shape.dimension();
      List<LabeledImage> images = new ArrayList<>();
      for (int i = 0; i < ids.length; i++) {
        images.add(
            new LabeledImage(
                ids[i], labels[i], shape, Arrays.copyOfRange(rows, i * d, (i + 1) * d)));
      }
      return images;
    }
  }
}
