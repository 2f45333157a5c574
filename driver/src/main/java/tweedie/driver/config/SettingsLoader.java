package tweedie.driver.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Loads settings from layers: {@code -D tweedie.key=value} over the file given with {@code --conf}
 * over a text below it (the configuration of a run, say) over the preset that {@code
 * tweedie.model.preset} names over {@code reference.conf}.
 *
 * <p>Everything that is wrong is reported at once.
 */
public final class SettingsLoader {

  private static final List<String> PRESETS = List.of("tiny", "seed", "mnist", "cifar10", "vector");
  private static final Pattern HOCON_VALUE =
      Pattern.compile("(?s)[\\[{].*|-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?|true|false");

  /** So many numbers of lists are far from the longest text that is read. */
  private static final int FEW_ELEMENTS = 10_000;

  private static final String PRESET = "tweedie.model.preset";

  /**
   * What is of the machine that a command runs on, and not of the run that the text below is of.
   */
  private static final String MACHINE = "tweedie.compute";

  private static final Config REFERENCE = resource("reference.conf", "reference.conf");

  private final List<SettingProblem> problems = new ArrayList<>();

  private SettingsLoader() {}

  /**
   * Loads the settings of a file and of overrides.
   *
   * @param file a HOCON file, or empty for the defaults
   * @param overrides {@code tweedie.key=value} each, the last one wins
   * @throws ConfigException with everything that is wrong
   */
  public static LoadedSettings load(Optional<Path> file, List<String> overrides) {
    return load(file, overrides, Optional.empty());
  }

  /** The settings of a text alone, such as those that a run was made with. */
  public static LoadedSettings load(ConfigText text) {
    return load(Optional.empty(), List.of(), Optional.of(text));
  }

  /** As {@link #load(Optional, List)}, with a text below the file and above the preset. */
  public static LoadedSettings load(
      Optional<Path> file, List<String> overrides, Optional<ConfigText> below) {
    return new SettingsLoader().bounded(file, overrides, below);
  }

  /**
   * What reference.conf says of a setting.
   *
   * @param value its default, as Typesafe Config has it
   * @param comment what it means
   */
  public record Reference(Object value, String comment) {}

  /** The default of a setting and the comment above it. */
  public static Reference reference(String key) {
    ConfigValue value = REFERENCE.getValue(key);
    return new Reference(
        value.unwrapped(),
        value.origin().comments().stream().map(String::strip).collect(Collectors.joining(" ")));
  }

  private LoadedSettings bounded(
      Optional<Path> file, List<String> overrides, Optional<ConfigText> below) {
    try {
      return layered(file, overrides, below);
    } catch (StackOverflowError e) { // keys of a thousand parts, say: the library calls itself
      String name = file.map(Path::toString).or(() -> below.map(ConfigText::name)).orElse("");
      throw new ConfigException(
          new SettingProblem(
              name.isEmpty() ? SettingProblem.COMMAND_LINE : name,
              "has settings too deep in one another to be read"));
    }
  }

  private LoadedSettings layered(
      Optional<Path> file, List<String> overrides, Optional<ConfigText> below) {
    Config written =
        file.map(this::file)
            .orElseGet(ConfigFactory::empty)
            .withFallback(
                below.map(this::text).orElseGet(ConfigFactory::empty).withoutPath(MACHINE));
    boolean readable = problems.isEmpty();
    Config user = ConfigFactory.empty();
    for (String override : overrides) {
      user = override(override).withFallback(user);
    }
    if (!readable) {
      throw new ConfigException(problems);
    }
    user = user.withFallback(written);

    Config config = resolved(user.withFallback(preset(resolved(user))));
    SettingsReader reader = new SettingsReader(REFERENCE);
    Settings settings = reader.read(config);
    problems.addAll(reader.problems());
    problems.addAll(SettingRelations.problems(settings, config, problems));
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    LoadedSettings loaded = new LoadedSettings(settings, config);
    if (reader.elements() > FEW_ELEMENTS
        && loaded.resolved().length() > Hocon.MOST_TEXT) { // a run could not be read again
      throw new ConfigException(
          new SettingProblem(
              "configuration",
              "takes more than %d characters when it is written down: give shorter lists"
                  .formatted(Hocon.MOST_TEXT)));
    }
    return loaded;
  }

  private Config override(String override) {
    int equals = override.indexOf('=');
    String key = equals < 0 ? override : override.substring(0, equals).strip();
    String value = override.substring(equals + 1).strip();
    if (equals < 0) {
      return wrong(
          new SettingProblem(
              SettingProblem.COMMAND_LINE, override, "", "must have the form tweedie.key=value"));
    }
    if (!key.startsWith(SettingKeys.ROOT + ".")) {
      return wrong(
          new SettingProblem(
              SettingProblem.COMMAND_LINE,
              key,
              value,
              "must start with tweedie., as in tweedie.train.epochs=3"));
    }
    return parsed(
        SettingProblem.COMMAND_LINE, () -> ConfigFactory.empty().withValue(key, overriding(value)));
  }

  /**
   * Anything but lists, groups, numbers, true and false is taken as it is: a URI needs no quotes.
   */
  private static ConfigValue overriding(String value) {
    if (!HOCON_VALUE.matcher(value).matches()) {
      return ConfigValueFactory.fromAnyRef(value, SettingProblem.COMMAND_LINE);
    }
    String name = "value";
    while (value.contains(name)) {
      name += "s";
    }
    Config parsed = Hocon.text(SettingProblem.COMMAND_LINE, name + " = " + value);
    if (parsed.root().size() > 1) {
      throw new com.typesafe.config.ConfigException.Generic(
          "-D sets one value, and more follows in " + SettingProblem.cut(value));
    }
    return parsed.getValue(name);
  }

  private Config file(Path file) {
    if (!Files.isRegularFile(file)) {
      String state = Files.exists(file) ? "is not a file" : "does not exist";
      return wrong(new SettingProblem(file.toString(), state + "; --conf must name a HOCON file"));
    }
    return parsed(file.toString(), () -> Hocon.file(file));
  }

  private Config text(ConfigText text) {
    return parsed(text.name(), () -> Hocon.data(text));
  }

  private Config preset(Config config) {
    if (!config.hasPath(PRESET)) {
      return ConfigFactory.empty(); // its group is not one, which is reported when it is read
    }
    ConfigValue preset = config.getValue(PRESET);
    Object name = preset.unwrapped();
    if (name.equals("")) {
      return ConfigFactory.empty();
    }
    if (!PRESETS.contains(name)) {
      return wrong(
          SettingProblem.of(
              PRESET, preset, "must be one of " + String.join(", ", PRESETS) + ", or empty"));
    }
    return resource("presets/" + name + ".conf", "preset " + name);
  }

  /** Settings may refer to each other and to environment variables. */
  private Config resolved(Config user) {
    try {
      return Hocon.resolved(user.withFallback(REFERENCE));
    } catch (com.typesafe.config.ConfigException e) {
      problems.add(problem("configuration", e));
      throw new ConfigException(problems);
    }
  }

  private Config parsed(String name, Supplier<Config> parser) {
    try {
      return parser.get();
    } catch (com.typesafe.config.ConfigException e) {
      return wrong(problem(name, e));
    }
  }

  private Config wrong(SettingProblem problem) {
    problems.add(problem);
    return ConfigFactory.empty();
  }

  private static SettingProblem problem(String name, com.typesafe.config.ConfigException e) {
    if (e.origin() == null) {
      return new SettingProblem(name, e.getMessage());
    }
    if (e instanceof com.typesafe.config.ConfigException.IO) {
      return new SettingProblem(name, "it, or what it includes, cannot be read: " + e.getMessage());
    }
    String described = e.origin().description() + ": ";
    String message =
        e.getMessage().startsWith(described)
            ? e.getMessage().substring(described.length())
            : e.getMessage();
    return new SettingProblem(
        name.equals(SettingProblem.COMMAND_LINE) ? name : SettingProblem.where(e.origin()),
        // Config 1.4.3 asks for the wrong bracket at the end of a file
        message
            .replaceFirst(" Trace: .*", "") // of an include in a circle
            .replace("a close parentheses ')'", "a closing '}'"));
  }

  private static Config resource(String path, String name) {
    try (InputStream in = SettingsLoader.class.getResourceAsStream("/" + path)) {
      return ConfigFactory.parseString(
          new String(in.readAllBytes(), StandardCharsets.UTF_8), Hocon.named(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
