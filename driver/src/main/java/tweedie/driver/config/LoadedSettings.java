package tweedie.driver.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Settings and where each of them was written. */
public final class LoadedSettings {

  private final Settings settings;
  private final Config config;

  LoadedSettings(Settings settings, Config config) {
    this.settings = settings;
    this.config = config;
  }

  /** The settings. */
  public Settings settings() {
    return settings;
  }

  /**
   * All settings, the preset and the defaults included, as HOCON without comments; loading it again
   * gives the same settings.
   */
  public String resolved() {
    return ConfigValueFactory.fromMap(Map.of(SettingKeys.ROOT, group(settings)))
        .render(
            ConfigRenderOptions.defaults()
                .setOriginComments(false)
                .setComments(false)
                .setJson(false));
  }

  /**
   * {@code tweedie.key=value} for every setting that differs from those of {@code base}, as {@code
   * -D} takes it: over {@code base} they give these settings.
   */
  public List<String> overrides(LoadedSettings base) {
    Config others = ConfigFactory.parseString(base.resolved());
    return ConfigFactory.parseString(resolved()).entrySet().stream()
        .filter(setting -> !setting.getValue().equals(others.getValue(setting.getKey())))
        .map(setting -> setting.getKey() + "=" + written(setting.getValue()))
        .sorted()
        .toList();
  }

  private static String written(ConfigValue value) {
    return value.unwrapped() instanceof String text
        ? text
        : value.render(ConfigRenderOptions.concise());
  }

  private static Map<String, Object> group(Record settings) {
    Map<String, Object> group = new HashMap<>();
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      group.put(SettingKeys.kebab(component.getName()), plain(value(component, settings)));
    }
    return group;
  }

  private static Object plain(Object value) {
    if (value instanceof Record inner) {
      return group(inner);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(LoadedSettings::plain).toList();
    }
    return value instanceof Enum<?> constant ? SettingKeys.kebab(constant.name()) : value;
  }

  private static Object value(RecordComponent component, Record of) {
    try {
      return component.getAccessor().invoke(of);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(component + " cannot be read", e);
    }
  }

  /**
   * A problem with the value of a key, for what can only be checked later.
   *
   * @param key the complete key, such as {@code tweedie.data.path}
   * @param message what is wrong or what would be right; continues the sentence "key = value ..."
   */
  public SettingProblem problem(String key, String message) {
    return SettingProblem.of(key, config.getValue(key), message);
  }
}
