package tweedie.train;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.LabeledImage;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.train.Minibatch.Drawn;
import tweedie.train.round.RoundPlan;

/**
 * The images of a slice of some shards: shard after shard, each in its random order of the epoch.
 * Holds one shard at a time.
 */
public final class ShuffledImages implements Iterator<Drawn> {

  private final Iterator<ShardImages> shards;
  private final long seed;
  private final int epoch;
  private long skip;
  private long left;
  private Iterator<Drawn> shard = List.<Drawn>of().iterator();

  public ShuffledImages(
      Iterator<String> shards, RoundPlan.Slice slice, long seed, int epoch, Configuration hadoop) {
    this(ShardImages.read(shards, hadoop), slice, seed, epoch);
  }

  public ShuffledImages(Iterator<ShardImages> shards, RoundPlan.Slice slice, long seed, int epoch) {
    this.shards = shards;
    this.seed = seed;
    this.epoch = epoch;
    this.skip = slice.skip();
    this.left = slice.images();
  }

  @Override
  public boolean hasNext() {
    while (left > 0 && !shard.hasNext() && shards.hasNext()) {
      shard = shuffled(shards.next(), seed, epoch).iterator();
      while (skip > 0 && shard.hasNext()) {
        shard.next();
        skip--;
      }
    }
    return left > 0 && shard.hasNext();
  }

  @Override
  public Drawn next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    left--;
    return shard.next();
  }

  /** The images of one shard in their random order of the epoch. */
  static List<Drawn> shuffled(ShardImages shard, long seed, int epoch) {
    List<LabeledImage> inOrder = shard.images();
    List<Drawn> shuffled = new ArrayList<>(inOrder.size());
    if (!inOrder.isEmpty()) {
      int[] order =
          Draws.of(seed, Purpose.ORDER, inOrder.get(0).id(), epoch).permutation(inOrder.size());
      for (int i : order) {
        shuffled.add(new Drawn(inOrder.get(i), shard.path()));
      }
    }
    return shuffled;
  }
}
