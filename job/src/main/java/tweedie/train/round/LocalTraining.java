package tweedie.train.round;

import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.train.NonFiniteLossException;
import tweedie.train.ShardImages;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.OnDivergence;
import tweedie.train.round.TrainingState.Position;

/**
 * Trains one network from images in memory, in the thread that calls: for many small trainings side
 * by side, each a task. The steps are those of a run with one worker and one shard.
 */
public final class LocalTraining {

  private LocalTraining() {}

  /**
   * Takes steps on minibatches of the images, which are put into a new random order whenever all
   * were seen.
   *
   * @param settings those of one worker; the weights come from their seed, and the number of epochs
   *     is not used
   * @param steps how many, at least 1; a learning rate that falls, falls over these
   * @param images at least a minibatch
   * @param progress counts images
   * @return what was learnt, with the moving average of the weights
   * @throws NonFiniteLossException if a loss or a gradient is not finite
   */
  public static TrainingState of(
      NetworkSettings network,
      TrainSettings settings,
      int steps,
      List<LabeledImage> images,
      LongAccumulator progress) {
    if (settings.workers() != 1 || settings.onDivergence() != OnDivergence.FAIL) {
      throw new IllegalArgumentException(
          "A network is trained alone and fails alone, not by %d workers with on-divergence %s"
              .formatted(settings.workers(), settings.onDivergence()));
    }
    if (images.size() < settings.batchSize()) {
      throw new IllegalArgumentException(
          "%d images are less than a minibatch of %d"
              .formatted(images.size(), settings.batchSize()));
    }
    // a smaller minibatch at the end of each pass would be another one for another batch size
    int stepsOfEpoch = images.size() / settings.batchSize();
    long imagesOfRun = (long) steps * settings.batchSize();
    TrainingState state = initial(network, settings.seed());
    while (state.steps() < steps) {
      int next = Math.min(stepsOfEpoch, steps - state.steps());
      RoundPlan.Slice slice = new RoundPlan.Slice(0, 0, (long) next * settings.batchSize());
      Iterator<ShardImages> shard = List.of(ShardImages.inMemory(images)).iterator();
      WorkerResult result =
          new Worker(state, network, settings, imagesOfRun, progress).train(slice, shard);
      state =
          RoundAverage.average(
              state,
              settings.averaging(),
              List.of(result),
              new Position(state.epoch() + 1, 0),
              settings.optimizer().learningRate());
    }
    return state;
  }

  /**
   * Takes one step on a minibatch of random images, to see whether a device has memory for it.
   *
   * @param images of the minibatch
   * @throws tweedie.device.DeviceMemoryException if it has not
   */
  public static void tryStep(NetworkSettings network, TrainSettings settings, int images) {
    List<LabeledImage> random =
        IntStream.range(0, Math.max(images, settings.reference()))
            .mapToObj(id -> random(network.shape(), id))
            .toList();
    try {
      of(network, settings.alone(images), 1, random, new LongAccumulator());
    } catch (NonFiniteLossException e) {
      // it had its memory
    }
  }

  private static LabeledImage random(ImageShape shape, long id) {
    Draws draws = Draws.of(0, Purpose.ORACLE, id, 0);
    float[] pixels = new float[shape.dimension()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) draws.uniform();
    }
    return new LabeledImage(id, 0, shape, pixels);
  }

  private static TrainingState initial(NetworkSettings network, long seed) {
    try (Network untrained = new Network(network)) {
      return TrainingState.initial(untrained.initialParameters(seed));
    }
  }
}
