package tweedie.whole;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import tweedie.data.ImageShape;
import tweedie.data.shard.DataStatistics;
import tweedie.data.shard.ShardedData;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.run.RunDirectory;
import tweedie.network.NetworkSettings;
import tweedie.train.TrainSettings;
import tweedie.train.checkpoint.Checkpoint;

/** What the training job makes of settings, for the benchmarks. */
public final class Configured {

  private final LoadedSettings config;

  private Configured(LoadedSettings config) {
    this.config = config;
  }

  /** The defaults with these overrides, {@code tweedie.key=value} each. */
  public static Configured by(String... overrides) {
    return new Configured(SettingsLoader.load(Optional.empty(), List.of(overrides)));
  }

  /** The settings of a run. */
  public static Configured of(Path run) {
    return new Configured(SettingsLoader.load(Optional.of(run.resolve("config.conf")), List.of()));
  }

  /** How a worker trains. */
  public TrainSettings training() {
    return FromSettings.training(config.settings());
  }

  /** The network for images of one channel with about the mean and spread of MNIST. */
  public NetworkSettings network(ImageShape shape) {
    return network(shape, 0.13, 0.31);
  }

  /** The network for data of this mean and standard deviation. */
  public NetworkSettings network(ImageShape shape, double mean, double std) {
    return FromSettings.network(
        config.settings(),
        shape,
        new DataStatistics(0, new double[shape.dimension()], mean, std, 0, 0, List.of(), ""));
  }

  /** The network of a run. */
  public static NetworkSettings networkOf(Path run) throws IOException {
    return newest(run).network();
  }

  /** Where the weights of a run ended, [P]. */
  public static float[] parametersOf(Path run) throws IOException {
    return newest(run).state().parameters();
  }

  /** The newest checkpoint of a run. */
  public static Checkpoint newest(Path run) throws IOException {
    RunDirectory directory =
        RunDirectory.at(new org.apache.hadoop.fs.Path(run.toUri()), new Configuration());
    return directory.checkpoints().latest().orElseThrow();
  }

  /** The data that is trained on. */
  public ShardedData data() throws IOException {
    return FromSettings.data(
        config, "tweedie.data.path", config.settings().data().path(), new Configuration());
  }
}
