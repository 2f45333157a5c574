package tweedie.driver.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import tweedie.data.ImageShape;
import tweedie.data.shard.ShardedImages;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingProblem;
import tweedie.driver.config.Settings;

/**
 * What is known of a training before anything is made: {@code train} refuses what is wrong, and
 * {@code doctor} lists it.
 *
 * @param data the images; empty where they cannot be read
 * @param heldOut the images to validate on; empty where there are none, or they cannot be read
 * @param problems all that is wrong
 */
public record TrainingCheck(
    Optional<ShardedImages> data, Optional<ShardedImages> heldOut, List<SettingProblem> problems) {

  /** Opens the data that the settings name and holds them, and this machine, against the rest. */
  public static TrainingCheck of(LoadedSettings config, SparkSession session) throws IOException {
    List<SettingProblem> problems = new ArrayList<>();
    Settings.Data named = config.settings().data();
    Configuration conf = session.sparkContext().hadoopConfiguration();
    Optional<ShardedImages> data = Optional.empty();
    Optional<ShardedImages> heldOut = Optional.empty();
    String validation = named.validationPath();
    if (named.table().input().isEmpty()) {
      data = opened(() -> FromSettings.data(config, conf), problems);
    } else {
      try {
        TrainingTable table = TrainingTable.of(config, session);
        data = Optional.of(table.trained());
        heldOut = table.heldOut();
      } catch (ConfigException e) {
        problems.addAll(e.problems());
      }
    }
    if (!validation.isEmpty()) {
      String key = "tweedie.data.validation-path";
      heldOut = opened(() -> FromSettings.data(config, key, validation, conf), problems);
    }
    if (data.isPresent()) {
      problems.addAll(TrainingProblems.of(config, data.get()));
      if (TrainingProblems.misfit(config, data.get().shape()).isEmpty()) {
        boolean local = session.sparkContext().isLocal();
        problems.addAll(TrainingProblems.ofSize(config, data.get().shape(), Machine.of(local)));
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

  /** Opens images. */
  private interface Opening {
    ShardedImages images() throws IOException;
  }

  private static Optional<ShardedImages> opened(Opening opening, List<SettingProblem> problems)
      throws IOException {
    try {
      return Optional.of(opening.images());
    } catch (ConfigException e) {
      problems.addAll(e.problems());
      return Optional.empty();
    }
  }

  private static SettingProblem otherShape(
      LoadedSettings config, ShardedImages heldOut, ImageShape shape) {
    return config.problem(
        "tweedie.data.validation-path",
        "holds images of %s; those of %s are of %s"
            .formatted(heldOut.shape(), config.settings().data().placeKey(), shape));
  }
}
