package tweedie.driver.imports;

import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.CollectionAccumulator;
import scala.Tuple2;
import tweedie.data.SourceImage;
import tweedie.data.shard.KeptChecksums;
import tweedie.data.shard.ShardChecksum;
import tweedie.data.shard.ShardColumns;
import tweedie.train.Mapped;

/**
 * The numbered images of whole shards, one after the other, as their rows.
 *
 * @param perShard images in every shard but the last
 * @param checksums receives the checksum of each shard when its last row is out
 */
record ShardRows(int perShard, CollectionAccumulator<Written> checksums)
    implements FlatMapFunction<Iterator<Tuple2<Long, SourceImage>>, Row> {

  /**
   * A shard that a task has made.
   *
   * @param number of the shard, in the order of ids
   */
  record Written(long number, String checksum) implements Serializable {}

  @Override
  public Iterator<Row> call(Iterator<Tuple2<Long, SourceImage>> images) {
    ShardChecksum checksum = new ShardChecksum();
    return new Mapped<>(
        images,
        image -> {
          long id = image._1;
          checksum.add(id, image._2);
          if ((id + 1) % perShard == 0 || !images.hasNext()) {
            checksums.add(new Written(id / perShard, checksum.hex()));
          }
          return ShardColumns.row(id, image._2);
        });
  }

  /** Writes the checksums beside the shards; a task that ran twice has sent the same twice. */
  static void keep(List<Written> written, Path output, Configuration conf) throws IOException {
    SortedMap<Long, String> checksums = new TreeMap<>();
    written.forEach(shard -> checksums.put(shard.number(), shard.checksum()));
    KeptChecksums.write(output, List.copyOf(checksums.values()), conf);
  }
}
