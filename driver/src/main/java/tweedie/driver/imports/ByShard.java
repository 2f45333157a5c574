package tweedie.driver.imports;

import java.util.Iterator;
import java.util.stream.StreamSupport;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;
import tweedie.data.SourceImage;
import tweedie.driver.imports.PartImages.Item;

/** Brings images to their shards by their ids. */
final class ByShard extends Partitioner {

  private static final long serialVersionUID = 1L;

  private final int shards;
  private final int imagesPerShard;

  ByShard(int shards, int imagesPerShard) {
    this.shards = shards;
    this.imagesPerShard = imagesPerShard;
  }

  @Override
  public int numPartitions() {
    return shards;
  }

  @Override
  public int getPartition(Object id) {
    return (int) ((long) id / imagesPerShard);
  }

  /**
   * Gives images their ids, and leaves out those of damaged parts and those above the limit.
   *
   * @param firstIds of each part, -1 for damaged ones
   * @param images how many there are to be
   */
  record Numbering(Broadcast<long[]> firstIds, long images)
      implements PairFlatMapFunction<Iterator<Item>, Long, SourceImage> {

    @Override
    public Iterator<Tuple2<Long, SourceImage>> call(Iterator<Item> items) {
      long[] first = firstIds.value();
      Iterable<Item> all = () -> items;
      return StreamSupport.stream(all.spliterator(), false)
          .filter(item -> first[item.part()] >= 0 && item.image() != null)
          .map(item -> new Tuple2<>(first[item.part()] + item.index(), item.image()))
          .filter(numbered -> numbered._1() < images)
          .iterator();
    }
  }
}
