package tweedie.train.round;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.engine.Engines;
import tweedie.train.Minibatch;
import tweedie.train.Minibatch.Drawn;
import tweedie.train.Prefetched;
import tweedie.train.ShardImages;
import tweedie.train.ShuffledImages;
import tweedie.train.TrainSettings;
import tweedie.train.round.TrainingState.Position;

/**
 * A worker without Spark, whose steps are those of a training job: what the benchmarks time.
 *
 * <p>Closed by the thread that made it.
 */
public final class BareWorker implements AutoCloseable {

  private static final String NO_SHARD = "images in memory";

  private final Worker worker;
  private final WorkerSteps steps;

  /** A worker at the beginning of a run. */
  public BareWorker(NetworkSettings network, TrainSettings settings, long imagesOfRun) {
    Engines.take(settings.threadsPerWorker());
    this.worker =
        new Worker(initial(network, settings), network, settings, imagesOfRun, uncounted());
    this.steps = worker.begin(0);
  }

  /** Minibatches of these images over and over, made noisy beforehand. */
  public Steps onReady(List<LabeledImage> images) {
    List<Minibatch> ready = new ArrayList<>();
    worker
        .minibatches(images.stream().map(BareWorker::drawn).iterator())
        .forEachRemaining(ready::add);
    return new Steps(Stream.iterate(0, i -> (i + 1) % ready.size()).map(ready::get).iterator());
  }

  /** Minibatches of these images over and over, made noisy on another thread as in a job. */
  public Steps onDrawnAhead(List<LabeledImage> images) {
    Iterator<Drawn> endless =
        LongStream.iterate(0, i -> (i + 1) % images.size())
            .mapToObj(i -> drawn(images.get((int) i)))
            .iterator();
    Prefetched<Minibatch> ahead = worker.ahead(endless);
    return new Steps(ahead) {
      @Override
      public void close() {
        ahead.close();
      }
    };
  }

  /** Steps of the worker on minibatches that do not end. */
  public class Steps implements AutoCloseable {

    private final Iterator<Minibatch> minibatches;

    private Steps(Iterator<Minibatch> minibatches) {
      this.minibatches = minibatches;
    }

    /**
     * The next step.
     *
     * @return images in it
     */
    public int next() {
      Minibatch minibatch = minibatches.next();
      steps.take(minibatch);
      return minibatch.images();
    }

    @Override
    public void close() {}
  }

  /** Takes a step on each of these. */
  public void train(Epoch epoch) {
    epoch.minibatches.forEach(steps::take);
  }

  /** The weights now, [P]. */
  public float[] parameters() {
    return steps.result(0).parameters();
  }

  /** All minibatches of a worker in an epoch, in memory. */
  public static final class Epoch {

    private final List<Minibatch> minibatches = new ArrayList<>();

    private Epoch() {}

    /** Number of images. */
    public long images() {
      return minibatches.stream().mapToLong(Minibatch::images).sum();
    }

    /**
     * What a job in which a round is an epoch trains on, read from the shards and made noisy.
     *
     * @param epoch counted from 0
     * @return of each worker
     */
    public static List<Epoch> read(
        List<Shard> shards, NetworkSettings network, TrainSettings settings, int epoch) {
      TrainingState state = before(epoch, network, settings);
      Worker reader = new Worker(state, network, settings, 1, uncounted());
      List<Epoch> ofWorkers = new ArrayList<>();
      for (RoundPlan.Share share : RoundPlan.next(settings, state, shards).shares()) {
        Epoch read = new Epoch();
        Iterator<ShardImages> images =
            ShardImages.read(share.shards().iterator(), new Configuration());
        reader
            .minibatches(
                new ShuffledImages(
                    images, share.slice().skip(), share.slice().images(), settings.seed(), epoch))
            .forEachRemaining(read.minibatches::add);
        ofWorkers.add(read);
      }
      return ofWorkers;
    }

    private static TrainingState before(
        int epoch, NetworkSettings network, TrainSettings settings) {
      TrainingState initial = initial(network, settings);
      return new TrainingState(
          epoch,
          new Position(epoch, 0),
          0,
          0,
          initial.parameters(),
          initial.moments(),
          initial.ema(),
          initial.momentum(),
          0);
    }
  }

  private static TrainingState initial(NetworkSettings network, TrainSettings settings) {
    try (Network untrained = new Network(network)) {
      return TrainingState.initial(untrained.initialParameters(settings.seed()));
    }
  }

  private static LongAccumulator uncounted() {
    return new LongAccumulator();
  }

  private static Drawn drawn(LabeledImage image) {
    return new Drawn(image, NO_SHARD);
  }

  @Override
  public void close() {
    steps.close();
  }
}
