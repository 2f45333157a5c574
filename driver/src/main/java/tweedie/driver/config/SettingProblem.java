package tweedie.driver.config;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.io.Serializable;

/**
 * One thing that is wrong with the configuration.
 *
 * @param where file and line, or "command line"
 * @param key the complete key, or empty where the problem is not about one
 * @param value the value seen, or empty where there is none
 * @param message what is wrong or what would be right; continues the sentence "key = value ..."
 */
public record SettingProblem(String where, String key, String value, String message)
    implements Serializable {

  static final String COMMAND_LINE = "command line";

  private static final int LONGEST_VALUE = 60;

  /** A problem that is not about one key, such as a missing file. */
  public SettingProblem(String where, String message) {
    this(where, "", "", message);
  }

  static SettingProblem of(String key, ConfigValue value, String message) {
    return new SettingProblem(where(value.origin()), key, shown(value), message);
  }

  /** {@code file:line}, or "command line". */
  static String where(ConfigOrigin origin) {
    String place = origin.description();
    return place.startsWith(COMMAND_LINE)
        ? COMMAND_LINE
        : place.replaceFirst(": (\\d+)(-\\d+)?$", ":$1");
  }

  /** The value as a person is shown it; a number as it was written. */
  static String shown(ConfigValue value) {
    return cut(
        value.valueType() == ConfigValueType.NUMBER
            ? written(value)
            : value.render(ConfigRenderOptions.concise()));
  }

  /** A number or a text as it was written, which Config alone knows. */
  static String written(ConfigValue value) {
    return value.atKey("text").getString("text");
  }

  static String cut(String text) {
    return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE - 3) + "...";
  }

  /** The problem as one line, {@code where: key = value message}. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(where).append(": ");
    if (!key.isEmpty()) {
      line.append(key).append(value.isEmpty() ? "" : " = " + value).append(' ');
    }
    return line.append(message).toString();
  }
}
