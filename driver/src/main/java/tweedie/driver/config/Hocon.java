package tweedie.driver.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads HOCON within limits. What a person wrote may include files and refer to settings and
 * environment; what a run wrote is data, and may do neither.
 *
 * <p>Everything that is refused is a {@link ConfigException} of the library with a sentence that
 * goes on after the name of the file.
 */
final class Hocon {

  /** Characters of what a run wrote; a person writes at most a quarter of it. */
  static final int MOST_TEXT = 4 << 20;

  private static final int MOST_OF_FILE = MOST_TEXT / 4;

  /** Settings are five groups and lists deep. */
  private static final int DEEPEST = 50;

  /** There are less than two hundred. */
  private static final int MOST_KEYS = 5000;

  private static final int MOST_JOINED = 10_000;

  private Hocon() {}

  /** What a person wrote. */
  static Config file(Path file) {
    checkFile(file);
    // Config looks for what a file includes only beside an absolute path
    return ConfigFactory.parseFile(
        file.toAbsolutePath().toFile(),
        named(file.toString())
            .setSyntax(ConfigSyntax.CONF)
            .setAllowMissing(false)
            .setIncluder(Includer.ofAPerson()));
  }

  /** What a person wrote on the command line. */
  static Config text(String name, String text) {
    check(text, MOST_OF_FILE);
    return ConfigFactory.parseString(text, named(name).setIncluder(Includer.ofAPerson()));
  }

  /** What a run wrote: it is resolved, and neither includes nor refers to anything. */
  static Config data(ConfigText text) {
    check(text.text(), MOST_TEXT);
    Config config =
        ConfigFactory.parseString(text.text(), named(text.name()).setIncluder(Includer.ofARun()));
    if (!config.isResolved()) {
      throw new ConfigException.Generic(
          "refers to other settings or to the environment with ${...} or +=; what a run wrote never"
              + " does, so it is not read");
    }
    return config;
  }

  static ConfigParseOptions named(String name) {
    return ConfigParseOptions.defaults().setOriginDescription(name);
  }

  /** Replaces references by what they stand for, unless that would take too much memory. */
  static Config resolved(Config config) {
    if (!config.isResolved() && Expansion.of(config.root()) > MOST_TEXT) {
      throw new ConfigException.Generic(
          "its references ${...} would make more than %d characters of it".formatted(MOST_TEXT));
    }
    return config.resolve();
  }

  /** Refuses what cannot be a file of settings; nothing is wrong with a file that is missing. */
  static void checkFile(Path file) {
    try {
      if (Files.notExists(file) || Files.isDirectory(file)) {
        return; // which is said where it is read
      }
      if (!Files.isRegularFile(file)) {
        throw new ConfigException.Generic("%s is not a file".formatted(file));
      }
      if (Files.size(file) > MOST_OF_FILE) {
        throw tooLong(MOST_OF_FILE);
      }
      check(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), MOST_OF_FILE);
    } catch (IOException e) {
      throw new ConfigException.Generic("cannot be read: " + e);
    }
  }

  private static ConfigException tooLong(int most) {
    return new ConfigException.Generic("is longer than %d characters".formatted(most));
  }

  /**
   * Refuses what takes the parser's stack, as it calls itself for every bracket, or hours, as it
   * copies a group for every key and a value for everything that is written beside it.
   */
  private static void check(String text, int most) {
    if (text.length() > most) {
      throw tooLong(most);
    }
    int depth = 0;
    int keys = 0;
    int joined = 0;
    boolean beside = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean opens = c == '{' || c == '[' || c == '"' || c == '$';
      boolean gap = (c == ' ' || c == '\t') && i > 0 && text.charAt(i - 1) > ' ';
      joined += beside && (opens || gap) ? 1 : 0;
      beside = (beside || opens || c > ' ') && ",=:\n".indexOf(c) < 0;
      switch (c) {
        case '{', '[' -> depth++;
        case '}', ']' -> depth = Math.max(0, depth - 1);
        case '=', ':' -> keys++;
        case '"' -> i = endOfString(text, i);
        case '#' -> i = endOfLine(text, i);
        case '/' -> i = text.startsWith("//", i) ? endOfLine(text, i) : i;
        default -> {}
      }
      if (depth > DEEPEST) {
        throw new ConfigException.Generic(
            "has more than %d groups and lists in one another".formatted(DEEPEST));
      }
    }
    if (keys > MOST_KEYS) {
      throw new ConfigException.Generic("sets more than %d keys".formatted(MOST_KEYS));
    }
    if (joined > MOST_JOINED) {
      throw new ConfigException.Generic(
          "joins more than %d values without a comma between them".formatted(MOST_JOINED));
    }
  }

  private static int endOfLine(String text, int from) {
    int end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end - 1;
  }

  /** The last quote of the string that begins at {@code from}. */
  private static int endOfString(String text, int from) {
    if (text.startsWith("\"\"\"", from)) {
      int end = text.indexOf("\"\"\"", from + 3);
      return end < 0 ? text.length() : end + 2;
    }
    int i = from + 1;
    while (i < text.length() && text.charAt(i) != '"' && text.charAt(i) != '\n') {
      i += text.charAt(i) == '\\' ? 2 : 1;
    }
    return i;
  }
}
