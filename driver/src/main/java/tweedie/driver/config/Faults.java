package tweedie.driver.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What does not fit together in a config, leaving out keys that were wrong by themselves. */
final class Faults {

  private static final int MOST_VALUES = 100;

  private final Config config;
  private final Set<String> wrongKeys;
  private final List<SettingProblem> problems = new ArrayList<>();

  Faults(Config config, List<SettingProblem> known) {
    this.config = config;
    // an element of a list, key[i], makes the list wrong
    this.wrongKeys =
        known.stream()
            .map(problem -> problem.key().replaceFirst("\\[.*", ""))
            .collect(Collectors.toSet());
  }

  /** What was found, in the order it was. */
  List<SettingProblem> found() {
    return problems;
  }

  /** The number of {@code lowKey} must not be above that of {@code highKey}. */
  void ordered(String lowKey, String highKey) {
    if (sound(lowKey, highKey) && config.getDouble(lowKey) > config.getDouble(highKey)) {
      wrong(lowKey, "must be at most " + seen(highKey));
    }
  }

  /** A list must not be long: each of its values is a network's level or some measurements. */
  void few(String key, List<?> values) {
    if (values.size() > MOST_VALUES) {
      wrong(key, "must hold at most %d values".formatted(MOST_VALUES));
    }
  }

  /** Whether neither one of the keys was wrong before, nor a group that it is in. */
  boolean sound(String... keys) {
    return Stream.of(keys)
        .noneMatch(
            key ->
                wrongKeys.stream()
                    .anyMatch(wrong -> key.equals(wrong) || key.startsWith(wrong + ".")));
  }

  /** The same where the value is that of the key; says nothing of what was wrong before. */
  void wrong(String key, String message) {
    if (sound(key)) {
      wrong(key, config.getValue(key), message);
    }
  }

  /** A value that is wrong; the message continues the sentence "key = value ...". */
  void wrong(String key, ConfigValue value, String message) {
    problems.add(SettingProblem.of(key, value, message));
  }

  /** The key with its value and where it was written. */
  String seen(String key) {
    ConfigValue value = config.getValue(key);
    return key
        + " = "
        + SettingProblem.shown(value)
        + " ("
        + SettingProblem.where(value.origin())
        + ")";
  }
}
