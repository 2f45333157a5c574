package tweedie.driver.evaluate.samples;

import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import tweedie.network.engine.Engines;

/**
 * What every task over sets needs.
 *
 * @param threads of native operations; 0 for what OMP_NUM_THREADS says
 * @param done counts the parts that are measured
 */
record SharedRows(Broadcast<ComparedRows> sets, long seed, int threads, LongAccumulator done)
    implements Serializable {

  /** The sets, for a task that begins. */
  ComparedRows begin() {
    Engines.take(threads);
    return sets.value();
  }
}
