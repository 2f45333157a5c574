package tweedie.driver.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A setting that differs between the rounds of a run, or trainings of a study, that are done and
 * those to come.
 *
 * @param key the complete key, such as {@code tweedie.train.epochs}
 * @param before the value of what is done, as it is written in a file
 * @param now the value that is asked for
 * @param rule whether that can be in a run
 * @param studyRule whether that can be in a study
 */
public record SettingsChange(String key, String before, String now, Rule rule, Rule studyRule) {

  /** Whether a setting may change while a run or a study goes on. */
  public enum Rule {
    /** It changes nothing in what a round computes, or is meant for the rounds to come. */
    FREE,
    /** It changes what further rounds compute, in a way that can make sense if it is meant. */
    ASKED,
    /** The state of the run would mean something else, or its history would be untrue. */
    REFUSED
  }

  /** All settings that differ, in the order of their keys. */
  public static List<SettingsChange> between(LoadedSettings before, LoadedSettings now) {
    Config old = ConfigFactory.parseString(before.resolved());
    List<SettingsChange> changes = new ArrayList<>();
    ConfigFactory.parseString(now.resolved())
        .entrySet()
        .forEach(
            setting -> {
              ConfigValue was = old.getValue(setting.getKey());
              if (!was.equals(setting.getValue())) {
                changes.add(change(setting.getKey(), was, setting.getValue()));
              }
            });
    changes.sort(Comparator.comparing(SettingsChange::key));
    return changes;
  }

  private static SettingsChange change(String key, ConfigValue was, ConfigValue now) {
    return new SettingsChange(
        key,
        SettingOrigins.shown(was),
        SettingOrigins.shown(now),
        SettingKeys.innermost(Resume.class, key).map(Resume::value).orElse(Rule.REFUSED),
        SettingKeys.innermost(FreeInStudy.class, key).isPresent() ? Rule.FREE : Rule.REFUSED);
  }
}
