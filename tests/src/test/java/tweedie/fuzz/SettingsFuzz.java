package tweedie.fuzz;

import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import tweedie.driver.config.ConfigException;
import tweedie.driver.config.FromSettings;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingsLoader;
import tweedie.fuzz.Fuzz.Count;

/** Every key with hostile values: by the loader, and some of them by commands. */
final class SettingsFuzz {

  private static final long SLOW_NANOS = 2_000_000_000L;

  private static final List<String> VALUES =
      List.of(
          "",
          "0",
          "-1",
          "1",
          "2",
          "1.5",
          "1e308",
          "-1e308",
          "1e-308",
          "1e-320",
          "NaN",
          "Infinity",
          "-Infinity",
          "2147483647",
          "2147483648",
          "-2147483648",
          "9223372036854775807",
          "99999999999999999999999",
          "1e999999999",
          "1.0000000000000002",
          "true",
          "null",
          "[]",
          "{}",
          "[1]",
          "[[1]]",
          "[null]",
          "{a=1}",
          "\"\"",
          "\" \"",
          "x",
          "a:b",
          "::",
          "file://h/x",
          "${PATH}",
          "${?HOME}",
          "\u001b[31m",
          "１２",
          "+5",
          "0x10",
          "1d",
          "[1e308, 1e308]",
          "..",
          "-0",
          "0.1");

  private SettingsFuzz() {}

  static Count run(Judge judge, Random random, int commands) throws Exception {
    List<String> faults = new ArrayList<>();
    int tried = 0;
    List<String> accepted = new ArrayList<>();
    List<String> values = new ArrayList<>(VALUES);
    for (String key : keys()) {
      Collections.shuffle(values, random);
      for (String value : values.subList(0, Math.min(values.size(), commands))) {
        tried++;
        String setting = key + "=" + value;
        long began = System.nanoTime();
        try {
          LoadedSettings loaded = SettingsLoader.load(Optional.empty(), List.of(setting));
          FromSettings.training(loaded.settings());
          FromSettings.meanNoise(loaded.settings());
          accepted.add(setting);
        } catch (ConfigException e) {
          if (!e.getMessage().contains(key.substring(key.lastIndexOf('.') + 1))) {
            faults.add(setting + ": the key is not named: " + e.getMessage());
          }
        } catch (RuntimeException | Error e) {
          faults.add(setting + ": " + e);
        }
        if (System.nanoTime() - began > SLOW_NANOS) {
          faults.add(setting + ": slow");
        }
      }
    }
    for (int i = 0; i < commands && !accepted.isEmpty(); i++) {
      String setting = accepted.get(random.nextInt(accepted.size()));
      List<String> command = List.of("doctor", "--master", "local[1]", "-D", setting);
      Judge.Outcome outcome = judge.run(command);
      tried++;
      Trial trial =
          new Trial(
              "settings",
              setting,
              command,
              List.of(setting.substring(0, setting.indexOf('=')), "tweedie."),
              () -> {},
              Trial.Verdict.SURVIVED);
      Judge.fault(trial, outcome, false, "").ifPresent(f -> faults.add(setting + ": " + f));
    }
    return new Count(tried, faults, "");
  }

  private static TreeSet<String> keys() {
    TreeSet<String> keys = new TreeSet<>();
    ConfigFactory.parseResources("reference.conf")
        .entrySet()
        .forEach(entry -> keys.add(entry.getKey()));
    keys.removeIf(key -> !key.startsWith("tweedie."));
    return keys;
  }
}
