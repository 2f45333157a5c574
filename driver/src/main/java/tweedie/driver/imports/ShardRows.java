package tweedie.driver.imports;

import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.CollectionAccumulator;
import scala.Tuple2;
import tweedie.data.SourceImage;
import tweedie.data.shard.KeptChecksums;
import tweedie.data.shard.ShardChecksum;
import tweedie.data.shard.ShardColumns;

/**
 * The numbered images of a shard as its rows.
 *
 * @param checksums receives the shard's checksum when its last row is out
 */
record ShardRows(CollectionAccumulator<Written> checksums)
    implements FlatMapFunction<Iterator<Tuple2<Long, SourceImage>>, Row> {

  /**
   * A shard that a task has made.
   *
   * @param number of the shard, which Spark names its file by
   */
  record Written(long number, String checksum) implements Serializable {}

  @Override
  public Iterator<Row> call(Iterator<Tuple2<Long, SourceImage>> images) {
    ShardChecksum checksum = new ShardChecksum();
    int number = TaskContext.getPartitionId();
    return new Iterator<>() {
      private boolean ended;

      @Override
      public boolean hasNext() {
        boolean more = images.hasNext();
        if (!more && !ended) {
          ended = true;
          checksums.add(new Written(number, checksum.hex()));
        }
        return more;
      }

      @Override
      public Row next() {
        Tuple2<Long, SourceImage> image = images.next();
        checksum.add(image._1, image._2);
        return ShardColumns.row(image._1, image._2);
      }
    };
  }

  /** Writes the checksums beside the shards; a task that ran twice has sent the same twice. */
  static void keep(List<Written> written, Path output, Configuration conf) throws IOException {
    Map<Long, String> checksums = new HashMap<>();
    written.forEach(shard -> checksums.put(shard.number(), shard.checksum()));
    KeptChecksums.write(output, checksums, conf);
  }
}
