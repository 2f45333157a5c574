package tweedie.driver.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A setting that differs between the rounds of a run that are done and those to come.
 *
 * @param key the complete key, such as {@code tweedie.train.epochs}
 * @param before the value of the rounds that are done, as it is written in a file
 * @param now the value that is asked for
 * @param rule whether that can be
 */
public record SettingsChange(String key, String before, String now, Rule rule) {

  /** Whether a setting may change while a run goes on. */
  public enum Rule {
    /** It changes nothing in what a round computes, or is meant for the rounds to come. */
    FREE,
    /** It changes what further rounds compute, in a way that can make sense if it is meant. */
    ASKED,
    /** The state of the run would mean something else, or its history would be untrue. */
    REFUSED
  }

  /** The longest key that is the setting's or begins it decides; what is not named is refused. */
  private static final Map<String, Rule> RULES =
      Map.ofEntries(
          Map.entry("tweedie.data", Rule.FREE), // the fingerprint of the shards decides
          Map.entry("tweedie.data.dequantization", Rule.REFUSED),
          Map.entry("tweedie.model.preset", Rule.FREE), // its settings are compared themselves
          Map.entry("tweedie.model.oracle", Rule.FREE),
          Map.entry("tweedie.noise.draws", Rule.ASKED),
          Map.entry("tweedie.train.epochs", Rule.FREE),
          Map.entry("tweedie.train.keep-checkpoints", Rule.FREE),
          Map.entry("tweedie.train.cache", Rule.FREE),
          Map.entry("tweedie.train.learning-rate", Rule.ASKED),
          Map.entry("tweedie.train.warmup-images", Rule.ASKED),
          Map.entry("tweedie.train.decay", Rule.ASKED),
          Map.entry("tweedie.train.beta1", Rule.ASKED),
          Map.entry("tweedie.train.beta2", Rule.ASKED),
          Map.entry("tweedie.train.epsilon", Rule.ASKED),
          Map.entry("tweedie.train.ema", Rule.ASKED),
          Map.entry("tweedie.train.stable-targets", Rule.ASKED),
          Map.entry("tweedie.train.threads-per-worker", Rule.ASKED),
          Map.entry("tweedie.train.averaging.outer-learning-rate", Rule.ASKED),
          Map.entry("tweedie.train.averaging.outer-momentum", Rule.ASKED),
          Map.entry("tweedie.train.averaging.every", Rule.ASKED),
          Map.entry("tweedie.train.averaging.warmup-images", Rule.ASKED),
          Map.entry("tweedie.train.averaging.warmup-every", Rule.ASKED),
          Map.entry("tweedie.train.on-divergence", Rule.ASKED),
          Map.entry("tweedie.train.max-rollbacks", Rule.ASKED),
          Map.entry("tweedie.train.validation", Rule.FREE), // measured only
          Map.entry("tweedie.sample", Rule.FREE),
          Map.entry("tweedie.evaluate", Rule.FREE),
          Map.entry("tweedie.study", Rule.FREE));

  /** All settings that differ, in the order of their keys. */
  public static List<SettingsChange> between(Loaded before, Loaded now) {
    Config old = ConfigFactory.parseString(before.resolved());
    List<SettingsChange> changes = new ArrayList<>();
    ConfigFactory.parseString(now.resolved())
        .entrySet()
        .forEach(
            setting -> {
              ConfigValue was = old.getValue(setting.getKey());
              if (!was.equals(setting.getValue())) {
                changes.add(
                    new SettingsChange(
                        setting.getKey(),
                        Origins.shown(was),
                        Origins.shown(setting.getValue()),
                        rule(setting.getKey())));
              }
            });
    changes.sort(Comparator.comparing(SettingsChange::key));
    return changes;
  }

  private static Rule rule(String key) {
    return RULES.keySet().stream()
        .filter(rule -> key.equals(rule) || key.startsWith(rule + "."))
        .max(Comparator.comparing(String::length))
        .map(RULES::get)
        .orElse(Rule.REFUSED);
  }
}
