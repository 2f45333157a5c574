package tweedie.train.round;

import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import tweedie.network.NetworkSettings;
import tweedie.train.ShardImages;
import tweedie.train.TrainSettings;

/** {@link Worker} as a part of Spark jobs: it goes to executors without what the workers share. */
record RoundWorker(
    Broadcast<TrainingState> start,
    NetworkSettings network,
    TrainSettings settings,
    long imagesOfRun,
    LongAccumulator progress)
    implements Serializable {

  /** Trains on a slice of these shards, in order. */
  WorkerResult train(RoundPlan.Slice slice, Iterator<ShardImages> shards) {
    return shards.hasNext()
        ? new Worker(start.value(), network, settings, imagesOfRun, progress).train(slice, shards)
        : WorkerResult.withoutImages(slice.worker(), null);
  }
}
