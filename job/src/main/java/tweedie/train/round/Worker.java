package tweedie.train.round;

import java.util.Iterator;
import org.apache.spark.util.LongAccumulator;
import tweedie.network.NetworkSettings;
import tweedie.network.engine.Engines;
import tweedie.train.Minibatch;
import tweedie.train.Minibatches;
import tweedie.train.NonFiniteLossException;
import tweedie.train.Objective;
import tweedie.train.Prefetched;
import tweedie.train.ShardImages;
import tweedie.train.ShuffledImages;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.OnDivergence;

/**
 * One worker's round: it starts from the shared parameters, Adam moments and clock, takes a step of
 * Adam on the objective for each minibatch of its shards, and returns where it ended.
 *
 * <p>All random numbers hang on the round and the ids of the images, so a round that is repeated
 * returns the same bits.
 *
 * @param start what all workers of the round start from
 * @param imagesOfRun images that all workers see in the whole run, for the learning rate
 * @param progress counts images as they are trained on
 */
record Worker(
    TrainingState start,
    NetworkSettings network,
    TrainSettings settings,
    long imagesOfRun,
    LongAccumulator progress) {

  /** Minibatches held ready while one trains; more would not come sooner. */
  private static final int PREFETCHED = 2;

  /** Trains on a slice of these shards, in order. */
  WorkerResult train(RoundPlan.Slice slice, Iterator<ShardImages> shards) {
    Engines.take(settings.threadsPerWorker());
    long began = System.nanoTime();
    ShuffledImages images =
        new ShuffledImages(shards, slice.skip(), slice.images(), settings.seed(), start.epoch());
    try (WorkerSteps steps = begin(slice.worker());
        Prefetched<Minibatch> ready = ahead(images)) {
      while (ready.hasNext()) {
        Minibatch minibatch = ready.next();
        steps.take(minibatch);
        progress.add(minibatch.images());
      }
      return steps.result((System.nanoTime() - began) / 1e9);
    } catch (NonFiniteLossException e) {
      if (settings.onDivergence() == OnDivergence.FAIL) {
        throw e;
      }
      return WorkerResult.withoutImages(slice.worker(), e.getMessage());
    }
  }

  /** The steps of worker number {@code number}, of which none is taken. */
  WorkerSteps begin(int number) {
    return new WorkerSteps(this, number);
  }

  /** The minibatches of these images, read and made noisy on another thread. */
  Prefetched<Minibatch> ahead(Iterator<Minibatch.Drawn> images) {
    return new Prefetched<>(minibatches(images), PREFETCHED);
  }

  /** The minibatches of these images, made noisy when they are asked for. */
  Minibatches minibatches(Iterator<Minibatch.Drawn> images) {
    Objective ofEpoch = Objective.ofEpoch(settings, network, start.epoch());
    return new Minibatches(images, settings.batchSize(), settings.reference(), ofEpoch, network);
  }
}
