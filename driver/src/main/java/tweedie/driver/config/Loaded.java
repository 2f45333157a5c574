package tweedie.driver.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;

/** Settings and where each of them was written. */
public final class Loaded {

  private final Settings settings;
  private final Config config;

  Loaded(Settings settings, Config config) {
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
    return config
        .withOnlyPath(Keys.ROOT)
        .root()
        .render(
            ConfigRenderOptions.defaults()
                .setOriginComments(false)
                .setComments(false)
                .setJson(false));
  }

  /**
   * A problem with the value of a key, for what can only be checked later.
   *
   * @param key the complete key, such as {@code tweedie.data.path}
   * @param message what is wrong or what would be right; continues the sentence "key = value ..."
   */
  public Problem problem(String key, String message) {
    return Origins.problem(key, config.getValue(key), message);
  }
}
