package tweedie.driver.config;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;

/** How a value and the place where it was written are shown to a person. */
final class SettingOrigins {

  static final String COMMAND_LINE = "command line";

  private static final int LONGEST_VALUE = 60;

  private SettingOrigins() {}

  /** {@code file:line}, or "command line". */
  static String where(ConfigOrigin origin) {
    String place = origin.description();
    return place.startsWith(COMMAND_LINE)
        ? COMMAND_LINE
        : place.replaceFirst(": (\\d+)(-\\d+)?$", ":$1");
  }

  static String shown(ConfigValue value) {
    String text = value.render(ConfigRenderOptions.concise());
    return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE - 3) + "...";
  }

  static SettingProblem problem(String key, ConfigValue value, String message) {
    return new SettingProblem(where(value.origin()), key, shown(value), message);
  }
}
