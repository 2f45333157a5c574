package tweedie.driver.config;

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

  /** A problem that is not about one key, such as a missing file. */
  public SettingProblem(String where, String message) {
    this(where, "", "", message);
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
