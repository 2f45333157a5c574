package tweedie.driver.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import tweedie.data.ImageShape;
import tweedie.data.shard.ShardedData;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingProblem;
import tweedie.driver.config.Settings;
import tweedie.network.NetworkSettings;
import tweedie.train.TrainSettings.Dequantization;
import tweedie.train.round.RoundMaster;

/** What is wrong with settings for these data on this machine, before anything is trained. */
public final class TrainingProblems {

  private static final long MEGABYTE = 1 << 20;

  private TrainingProblems() {}

  /** What can only be known once the data are seen; all problems at once. */
  public static List<SettingProblem> of(LoadedSettings config, ShardedData data) {
    Settings settings = config.settings();
    List<SettingProblem> problems = new ArrayList<>();
    if (settings.train().batchSize() > data.images()) {
      problems.add(
          config.problem(
              "tweedie.train.batch-size",
              "must be at most the number of images, " + data.images()));
    }
    if (settings.train().workers() > data.shards().size()) {
      problems.add(
          config.problem(
              "tweedie.train.workers",
              "must be at most the number of shards, %d: a worker without a shard has nothing to train on"
                  .formatted(data.shards().size())));
    }
    if (settings.data().dequantization() == Dequantization.UNIFORM && !data.eightBit()) {
      problems.add(
          config.problem(
              "tweedie.data.dequantization",
              "is for 8-bit images, and %s holds other numbers".formatted(settings.data().path())));
    }
    misfit(config, data.shape()).ifPresent(problems::add);
    return problems;
  }

  /** Why a network of these settings cannot take images of this shape. */
  public static Optional<SettingProblem> misfit(LoadedSettings config, ImageShape shape) {
    Settings.Model model = config.settings().model();
    int divisor = 1 << model.halvings();
    return model.network() == NetworkSettings.Kind.UNET
            && (shape.height() % divisor != 0 || shape.width() % divisor != 0)
        ? Optional.of(
            config.problem(
                "tweedie.model.halvings",
                "does not fit images of %s: height and width must divide by %d (a vector needs model.network = mlp)"
                    .formatted(shape, divisor)))
        : Optional.empty();
  }

  /**
   * Why rounds would end in an {@code OutOfMemoryError}, where the driver is the only executor.
   *
   * @param parameters of the network
   */
  public static Optional<SettingProblem> ofHeap(
      LoadedSettings config, JavaSparkContext spark, long parameters) {
    return spark.isLocal()
        ? ofHeap(config, parameters, Runtime.getRuntime().maxMemory())
        : Optional.empty();
  }

  /** The same for a heap of so many bytes. */
  static Optional<SettingProblem> ofHeap(LoadedSettings config, long parameters, long heap) {
    long needed = RoundMaster.heapOfOneProcess(parameters);
    return heap < needed
        ? Optional.of(
            config.problem(
                "tweedie.model.network",
                "has %1$d parameters here, and in local mode its rounds take about %2$d MB of Java's heap, which is %3$d MB: start with TWEEDIE_JAVA_OPTS=-Xmx%4$dm (spark-submit: --driver-memory %4$dm)"
                    .formatted(
                        parameters,
                        needed / MEGABYTE,
                        heap / MEGABYTE,
                        needed * 12 / 10 / MEGABYTE)))
        : Optional.empty();
  }
}
