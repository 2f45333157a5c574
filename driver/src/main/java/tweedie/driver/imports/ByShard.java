package tweedie.driver.imports;

import java.util.Iterator;
import java.util.NoSuchElementException;
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
      return new Iterator<>() {
        private Tuple2<Long, SourceImage> next;

        @Override
        public boolean hasNext() {
          while (next == null && items.hasNext()) {
            Item item = items.next();
            long id = first[item.part()] + item.index();
            if (first[item.part()] >= 0 && item.image() != null && id < images) {
              next = new Tuple2<>(id, item.image());
            }
          }
          return next != null;
        }

        @Override
        public Tuple2<Long, SourceImage> next() {
          if (!hasNext()) {
            throw new NoSuchElementException();
          }
          Tuple2<Long, SourceImage> result = next;
          next = null;
          return result;
        }
      };
    }
  }
}
