package tweedie.driver.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tweedie.driver.run.SampleDirectory.Block;
import tweedie.driver.sample.SampleChains.Range;
import tweedie.driver.sample.SampleWalks.Stretch;

/**
 * Which chains have still to run so that samples 0..count-1 are there.
 *
 * @param count number of samples
 * @param chains number of chains of a walk, whose sample k is jump k / chains of chain k % chains;
 *     0 where every sample is a chain
 */
record ChainPlan(long count, int chains) {

  /**
   * Runs of missing samples, each at most a batch long.
   *
   * @param done numbers of the samples that are there
   */
  List<Range> missing(Set<Long> done, int batchSize) {
    List<Range> ranges = new ArrayList<>();
    long first = 0;
    while (first < count) {
      if (done.contains(first)) {
        first++;
        continue;
      }
      long last = first;
      while (last + 1 < count && !done.contains(last + 1) && last + 1 - first < batchSize) {
        last++;
      }
      ranges.add(new Range(first, last));
      first = last + 1;
    }
    return ranges;
  }

  /**
   * What the blocks of chains that there are have still to walk, and new blocks.
   *
   * @param blocks that there are, of chains 0, 1, ... without gaps
   * @param batchSize most chains of a new block
   */
  List<Stretch> stretches(List<Block> blocks, int batchSize) {
    List<Stretch> stretches = new ArrayList<>();
    long begun = 0;
    for (Block block : blocks) {
      begun = Math.max(begun, block.last() + 1);
      if (block.jumps() < jumps(block.first())) {
        stretches.add(
            new Stretch(block.first(), block.last(), block.jumps(), jumps(block.first())));
      }
    }
    long walking = Math.min(chains, count);
    for (long first = begun; first < walking; first += batchSize) {
      long last = Math.min(walking, first + batchSize) - 1;
      stretches.add(new Stretch(first, last, 0, jumps(first)));
    }
    return stretches;
  }

  /** The jumps of a chain among the samples. */
  long jumps(long chain) {
    return (count - chain + chains - 1) / chains;
  }
}
