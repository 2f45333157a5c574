package tweedie.train;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import tweedie.data.LabeledImage;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.train.Minibatch.Drawn;

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

  /**
   * A slice of the images of an epoch.
   *
   * @param skip images before it
   * @param images in it, at most
   */
  public ShuffledImages(
      Iterator<ShardImages> shards, long skip, long images, long seed, int epoch) {
    this.shards = shards;
    this.seed = seed;
    this.epoch = epoch;
    this.skip = skip;
    this.left = images;
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
