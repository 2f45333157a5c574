package tweedie.train.round;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardRdd;
import tweedie.data.shard.ShardWriter;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.NoiseSchedule;
import tweedie.score.Weighting;
import tweedie.train.TrainSettings;
import tweedie.train.TrainSettings.Augmentation;
import tweedie.train.TrainSettings.Averaging;
import tweedie.train.TrainSettings.Decay;
import tweedie.train.TrainSettings.Dequantization;
import tweedie.train.TrainSettings.Ema;
import tweedie.train.TrainSettings.LevelOf;
import tweedie.train.TrainSettings.Moments;
import tweedie.train.TrainSettings.OnDivergence;
import tweedie.train.TrainSettings.Optimizer;
import tweedie.train.TrainSettings.Regularization;
import tweedie.train.averaging.WeightedMean;

/** Small networks, settings and shards for the tests of training. */
public final class Trained {

  public static final ImageShape SHAPE = new ImageShape(1, 1, 3);
  public static final NoiseSchedule ANY_NOISE = new NoiseSchedule.LogNormal(-1, 1, 0.01, 5);
  static final Optimizer CONSTANT = new Optimizer(0.01, 0, Decay.CONSTANT, 0.9, 0.999, 1e-8);
  static final Optimizer COSINE = new Optimizer(0.01, 10, Decay.COSINE, 0.9, 0.999, 1e-8);

  private Trained() {}

  public static NetworkSettings network(Input input, int copies, Output output) {
    return new NetworkSettings(
        SHAPE, Kind.MLP, List.of(), 0, 0, 8, 1, 4, input, copies, output, 0.5, 0.3, List.of());
  }

  public static NetworkSettings network() {
    return network(Input.MEAN, 2, Output.DENOISER);
  }

  public static TrainSettings settings(int workers) {
    return settings(workers, CONSTANT, new Ema(20, 0.5));
  }

  public static TrainSettings settings(int workers, Optimizer optimizer, Ema ema) {
    return new TrainSettings(
        1,
        ANY_NOISE,
        2,
        1,
        LevelOf.MEAN,
        Weighting.EDM,
        0,
        Dequantization.NONE,
        Augmentation.NONE,
        0,
        Regularization.NONE,
        3,
        3,
        workers,
        1,
        optimizer,
        ema,
        Averaging.MEAN_OF_EPOCHS,
        OnDivergence.FAIL,
        0);
  }

  /** The mean of weights and moments every so many steps. */
  static Averaging meanEvery(int steps) {
    return new Averaging(new WeightedMean(), Moments.MEAN, steps, 0, 1);
  }

  public static TrainSettings settings(
      long seed, NoiseSchedule noise, int copies, LevelOf levelOf, Weighting weighting) {
    return settings(seed, noise, copies, levelOf, weighting, Dequantization.NONE);
  }

  public static TrainSettings settings(
      long seed,
      NoiseSchedule noise,
      int copies,
      LevelOf levelOf,
      Weighting weighting,
      Dequantization dequantization) {
    return new TrainSettings(
        seed,
        noise,
        copies,
        1,
        levelOf,
        weighting,
        0,
        dequantization,
        Augmentation.NONE,
        0,
        Regularization.NONE,
        1,
        3,
        1,
        1,
        CONSTANT,
        new Ema(0, 0),
        Averaging.MEAN_OF_EPOCHS,
        OnDivergence.FAIL,
        0);
  }

  /** With so many terms of the loss of each image. */
  static TrainSettings withDraws(TrainSettings settings, int draws) {
    return with(settings, "draws", draws);
  }

  /** With targets averaged among so many images. */
  static TrainSettings withReference(TrainSettings settings, int reference) {
    return with(settings, "reference", reference);
  }

  /** With so many images in a worker's minibatch. */
  static TrainSettings withBatchSize(TrainSettings settings, int batchSize) {
    return with(settings, "batchSize", batchSize);
  }

  /** With something against learning the images by heart. */
  public static TrainSettings regularized(TrainSettings settings, Regularization regularization) {
    return with(settings, "regularization", regularization);
  }

  static TrainSettings withWorkers(TrainSettings settings, int workers) {
    return with(settings, "workers", workers);
  }

  static TrainSettings withAveraging(TrainSettings settings, Averaging averaging) {
    return with(settings, "averaging", averaging);
  }

  static TrainSettings withDivergence(
      TrainSettings settings, OnDivergence onDivergence, int maxRollbacks) {
    return with(with(settings, "onDivergence", onDivergence), "maxRollbacks", maxRollbacks);
  }

  /** The same settings but for one of them. */
  private static TrainSettings with(TrainSettings settings, String name, Object value) {
    RecordComponent[] components = TrainSettings.class.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    try {
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        values[i] =
            components[i].getName().equals(name)
                ? value
                : components[i].getAccessor().invoke(settings);
      }
      return TrainSettings.class.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  static TrainingState initial(NetworkSettings network) {
    try (Network untrained = new Network(network)) {
      return TrainingState.initial(untrained.initialParameters(5));
    }
  }

  /** Nothing is kept: every round reads its shards. */
  static KeptShards unkept(JavaSparkContext spark) {
    return kept(spark, List.of(), KeptShards.Place.NONE);
  }

  /** Shards in files. */
  static KeptShards kept(JavaSparkContext spark, List<Shard> shards, KeptShards.Place place) {
    return new KeptShards(shards, ShardRdd.read(spark, shards), true, place);
  }

  public static List<LabeledImage> images(long firstId, int count) {
    List<LabeledImage> images = new ArrayList<>();
    for (long id = firstId; id < firstId + count; id++) {
      Draws draws = Draws.of(9, Purpose.ORACLE, id, 0);
      float[] pixels = new float[SHAPE.dimension()];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (float) draws.uniform();
      }
      images.add(new LabeledImage(id, -1, SHAPE, pixels));
    }
    return images;
  }

  /** Shards of these sizes, their images numbered from 0. */
  public static List<Shard> shards(java.nio.file.Path directory, int... sizes) throws IOException {
    List<Shard> shards = new ArrayList<>();
    long id = 0;
    for (int size : sizes) {
      shards.add(shard(directory, "part-%05d".formatted(shards.size()), images(id, size)));
      id += size;
    }
    return shards;
  }

  static Shard shard(java.nio.file.Path directory, String name, List<LabeledImage> images)
      throws IOException {
    Path file = new Path(directory.resolve(name + ".parquet").toUri());
    ShardWriter.write(file, images, new Configuration());
    return new Shard(file.toString(), images.size());
  }
}
