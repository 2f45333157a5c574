package tweedie.driver.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import tweedie.data.ImageShape;
import tweedie.data.shard.ShardedData;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingProblem;

/**
 * What is known of a training before anything is made: {@code train} refuses what is wrong, and
 * {@code doctor} lists it.
 *
 * @param data the images; empty where they cannot be read
 * @param heldOut the images to validate on; empty where there are none, or they cannot be read
 * @param problems all that is wrong
 */
public record TrainingCheck(
    Optional<ShardedData> data, Optional<ShardedData> heldOut, List<SettingProblem> problems) {

  /** Opens the data that the settings name and holds them, and this machine, against the rest. */
  public static TrainingCheck of(LoadedSettings config, JavaSparkContext spark) throws IOException {
    Configuration conf = spark.hadoopConfiguration();
    List<SettingProblem> problems = new ArrayList<>();
    Optional<ShardedData> data =
        opened(config, "tweedie.data.path", config.settings().data().path(), conf, problems);
    String validation = config.settings().data().validationPath();
    Optional<ShardedData> heldOut =
        validation.isEmpty()
            ? Optional.empty()
            : opened(config, "tweedie.data.validation-path", validation, conf, problems);
    if (data.isPresent()) {
      problems.addAll(TrainingProblems.of(config, data.get()));
      if (TrainingProblems.misfit(config, data.get().shape()).isEmpty()) {
        problems.addAll(
            TrainingProblems.ofSize(config, data.get().shape(), Machine.of(spark.isLocal())));
      }
      ImageShape shape = data.get().shape();
      heldOut
          .filter(found -> !found.shape().equals(shape))
          .ifPresent(found -> problems.add(otherShape(config, found, shape)));
    }
    return new TrainingCheck(data, heldOut, List.copyOf(problems));
  }

  /**
   * What the processes that train have.
   *
   * @param heap most bytes of Java's heap
   * @param cores as the JVM counts them
   */
  record Machine(long heap, int cores) {

    /** This one where it trains; otherwise nothing is known before executors say it. */
    static Machine of(boolean local) {
      return local
          ? new Machine(
              Runtime.getRuntime().maxMemory(), Runtime.getRuntime().availableProcessors())
          : new Machine(Long.MAX_VALUE, Integer.MAX_VALUE);
    }
  }

  private static Optional<ShardedData> opened(
      LoadedSettings config,
      String key,
      String path,
      Configuration conf,
      List<SettingProblem> problems)
      throws IOException {
    try {
      return Optional.of(FromSettings.data(config, key, path, conf));
    } catch (ConfigException e) {
      problems.addAll(e.problems());
      return Optional.empty();
    }
  }

  private static SettingProblem otherShape(
      LoadedSettings config, ShardedData heldOut, ImageShape shape) {
    return config.problem(
        "tweedie.data.validation-path",
        "holds images of %s; those of tweedie.data.path are of %s"
            .formatted(heldOut.shape(), shape));
  }
}
