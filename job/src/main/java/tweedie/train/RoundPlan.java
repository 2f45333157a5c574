package tweedie.train;

import java.util.ArrayList;
import java.util.List;
import tweedie.data.Shard;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * Which worker trains on which shards in a round, in which order: a new seeded permutation in every
 * round.
 */
public final class RoundPlan {

  private RoundPlan() {}

  /**
   * Deals the shards in a random order to the workers in turn.
   *
   * @return for each worker the paths of its shards, in order; a worker may have none
   */
  public static List<List<String>> of(long seed, int round, List<Shard> shards, int workers) {
    List<List<String>> plan = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      plan.add(new ArrayList<>());
    }
    int[] order = Draws.of(seed, Purpose.ORDER, -1, round).permutation(shards.size());
    for (int i = 0; i < order.length; i++) {
      plan.get(i % workers).add(shards.get(order[i]).path());
    }
    return plan;
  }
}
