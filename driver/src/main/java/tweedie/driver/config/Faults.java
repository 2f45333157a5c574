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
    // a group that is none, which is said already, holds neither
    if (sound(lowKey, highKey)
        && config.hasPath(lowKey)
        && config.getDouble(lowKey) > config.getDouble(highKey)) {
      wrong(lowKey, "must be at most " + seen(highKey));
    }
  }

  /** Whether none of the keys was wrong before. */
  boolean sound(String... keys) {
    return Stream.of(keys).noneMatch(wrongKeys::contains);
  }

  void wrong(String key, String message) {
    wrong(key, config.getValue(key), message);
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
