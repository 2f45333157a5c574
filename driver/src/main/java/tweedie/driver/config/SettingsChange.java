package tweedie.driver.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
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

  /**
   * Whether a setting, or all settings of a group, may change while a run goes on. The innermost
   * one decides; a setting without one, and in no group with one, may not.
   */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface Resume {

    /** What becomes of a change. */
    Rule value();
  }

  /**
   * A setting, or all settings of a group, that may differ between the trainings of a study that
   * are done and those to come; with another value of any other it would be another study.
   */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface FreeInStudy {}

  /** All settings that differ, in the order of their keys. */
  public static List<SettingsChange> between(LoadedSettings before, LoadedSettings now) {
    Config old = ConfigFactory.parseString(before.resolved());
    return ConfigFactory.parseString(now.resolved()).entrySet().stream()
        .filter(setting -> !setting.getValue().equals(old.getValue(setting.getKey())))
        .map(set -> change(set.getKey(), old.getValue(set.getKey()), set.getValue()))
        .sorted(Comparator.comparing(SettingsChange::key))
        .toList();
  }

  private static SettingsChange change(String key, ConfigValue was, ConfigValue now) {
    return new SettingsChange(
        key,
        SettingProblem.shown(was),
        SettingProblem.shown(now),
        SettingKeys.innermost(Resume.class, key).map(Resume::value).orElse(Rule.REFUSED),
        SettingKeys.innermost(FreeInStudy.class, key).isPresent() ? Rule.FREE : Rule.REFUSED);
  }
}
