package tweedie.driver.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.shard.ShardedImages;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.ConfigText;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingProblem;
import tweedie.driver.config.SettingsChange;
import tweedie.driver.config.SettingsChange.Rule;
import tweedie.driver.config.SettingsLoader;
import tweedie.train.checkpoint.TrainedData;

/** Holds what a run was trained with against what it is to go on with. */
public record ResumeCheck(TrainRequest request) {

  private static final Logger LOG = LoggerFactory.getLogger(ResumeCheck.class);

  /** As for a training of these settings to which no change is allowed. */
  public static ResumeCheck of(LoadedSettings config, Path run) {
    return new ResumeCheck(new TrainRequest(run, config, TrainRequest.Changes.REFUSE));
  }

  /**
   * Refuses changed settings that make no sense, and those that change what further rounds compute
   * unless they are allowed. What is left is logged.
   *
   * @param before the settings of the rounds that are done
   * @param trained the data of these rounds, where it is known
   * @param data what further rounds would be trained on
   * @throws ConfigException with everything that is refused
   */
  public void check(ConfigText before, Optional<TrainedData> trained, ShardedImages data) {
    List<SettingsChange> changed =
        SettingsChange.between(SettingsLoader.load(before), request.config());
    List<SettingProblem> problems = new ArrayList<>();
    changed.forEach(change -> refusal(change).ifPresent(problems::add));
    trained
        .filter(old -> !data.isOf(old.fingerprint()))
        .ifPresent(old -> problems.add(otherData(old, data)));
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    changed.forEach(
        change ->
            LOG.info("{} = {} from now on, was {}", change.key(), change.now(), change.before()));
  }

  private Optional<SettingProblem> refusal(SettingsChange change) {
    boolean allowed = request.changes() == TrainRequest.Changes.ALLOW;
    if (change.rule() == Rule.FREE || change.rule() == Rule.ASKED && allowed) {
      return Optional.empty();
    }
    String why =
        change.rule() == Rule.ASKED
            ? "; add --allow-change if further rounds are to be trained otherwise"
            : " and has to stay; with another value it is another run: name another --run";
    return Optional.of(
        request
            .config()
            .problem(
                change.key(), "was %s in the rounds so far%s".formatted(change.before(), why)));
  }

  private SettingProblem otherData(TrainedData trained, ShardedImages data) {
    return request
        .config()
        .problem(
            request.config().settings().data().placeKey(),
            "holds other data, %d images of %s in %d shards (fingerprint %.12s), than the rounds so far were trained on, %s; name another --run for it"
                .formatted(
                    data.images(),
                    data.shape(),
                    data.shards().size(),
                    data.fingerprintLike(trained.fingerprint()),
                    trained));
  }
}
