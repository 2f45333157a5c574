package tweedie.driver.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import tweedie.driver.config.ConfigText;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingsLoader;

/** Where a command's settings come from. */
final class ConfigOptions {

  @Option(names = "--conf", paramLabel = "FILE", description = "Settings in HOCON.")
  private Optional<Path> file;

  @Option(
      names = "-D",
      paramLabel = "tweedie.KEY=VALUE",
      description = "Overrides one setting; may be repeated. All keys: reference.conf.")
  private List<String> overrides = List.of();

  private final List<String> fromOptions = new ArrayList<>();

  /** Whether a file was given. */
  boolean hasFile() {
    return file.isPresent();
  }

  /** An option of the command that stands for a setting. */
  void override(String key, Object value) {
    fromOptions.add(key + "=" + value);
  }

  LoadedSettings load(Optional<ConfigText> below) {
    List<String> all = new ArrayList<>(overrides);
    all.addAll(fromOptions);
    return SettingsLoader.load(file, all, below);
  }
}
