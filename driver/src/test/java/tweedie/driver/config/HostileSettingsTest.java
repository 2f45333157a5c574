package tweedie.driver.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tweedie.data.ImageShape;
import tweedie.data.shard.DataStatistics;
import tweedie.network.Network;
import tweedie.network.NetworkSettings;
import tweedie.score.Draws;
import tweedie.train.TrainSettings;

/** Whatever stands behind a key, it is refused in a sentence or works. */
class HostileSettingsTest {

  private static final ImageShape SHAPE = new ImageShape(8, 8, 1);
  private static final DataStatistics STATISTICS =
      new DataStatistics(10, new double[64], 0.5, 0.2, 0.03, 2, List.of(), "");
  private static final long SECOND = 1_000_000_000L;

  static final List<String> VALUES =
      List.of(
          "null",
          "",
          "0",
          "-0.0",
          "-1",
          "1",
          "40",
          "0.3",
          "1.0",
          "2147483647",
          "2147483648",
          "9223372036854775808",
          "1e308",
          "1e-308",
          "4.9e-324",
          "1e999",
          "1e999999999",
          "1e-999999999",
          "1e99999999999",
          "1.0000000000000002",
          "NaN",
          "0x1p3",
          "1d",
          "+5",
          "１２",
          "9".repeat(5000),
          "x".repeat(5000),
          "epoch",
          "[1]",
          "[1, 1.0]",
          "[null]",
          "[1e308]",
          "[2147483647, 2147483647]",
          "[1], b = 2",
          "[" + "[".repeat(100),
          "{}",
          "{ a = 1 }",
          "{ a = ${nothing} }",
          "a:b",
          "${HOME}",
          "a\nb\u0007\u001b[31m");

  static List<String> keys() {
    List<String> keys = new ArrayList<>(SettingKeys.of(Settings.class, SettingKeys.ROOT));
    keys.add(SettingKeys.ROOT);
    return keys;
  }

  @ParameterizedTest
  @MethodSource("keys")
  void everyValueIsRefusedInASentenceOrWorks(String key) {
    for (int i = 0; i < VALUES.size(); i++) {
      String value = VALUES.get(i);
      long began = System.nanoTime();
      if (key.contains(".") && (i + key.length()) % 2 == 0) {
        tried(key, value, List.of(key + "=" + value), "");
      } else {
        boolean plain = value.matches("null|true|[\\[{].*|-?[0-9.]+(e-?[0-9]+)?");
        tried(key, value, List.of(), key + " = " + (plain ? value : quoted(value)));
      }
      assertThat(System.nanoTime() - began).as("%s = %.60s", key, value).isLessThan(SECOND);
    }
  }

  private static String quoted(String value) {
    return '"'
        + value.replace("\n", "\\n").replace("\u0007", "\\u0007").replace("\u001b", "")
        + '"';
  }

  private static void tried(String key, String value, List<String> overrides, String text) {
    Optional<ConfigText> below =
        text.isEmpty() ? Optional.empty() : Optional.of(new ConfigText("text", text));
    LoadedSettings loaded;
    try {
      loaded = SettingsLoader.load(Optional.empty(), overrides, below);
    } catch (ConfigException e) {
      // what cannot be parsed has no key yet
      boolean parsed =
          e.problems().stream().noneMatch(problem -> problem.key().isEmpty())
              && !value.endsWith("b = 2");
      if (parsed) {
        assertThat(e.getMessage())
            .as("%s = %.60s", key, value)
            .contains(key.substring(key.lastIndexOf('.') + 1));
        String seen = value.length() < 40 ? value.replace(" ", "") : value.substring(0, 20);
        if (value.matches("[\\w.+-]+")) {
          assertThat(e.getMessage()).contains(seen);
        }
      }
      return;
    } catch (RuntimeException | Error e) {
      fail("%s = %.60s".formatted(key, value), e);
      return;
    }
    works(loaded, "%s = %.60s".formatted(key, value));
  }

  private static void works(LoadedSettings loaded, String what) {
    LoadedSettings again =
        SettingsLoader.load(
            Optional.empty(),
            List.of(),
            Optional.of(new ConfigText("config.conf", loaded.resolved())));
    assertThat(again.settings()).as(what).isEqualTo(loaded.settings());
    Settings settings = loaded.settings();
    TrainSettings training = FromSettings.training(settings);
    assertThat(training.noise().draw(Draws.of(1, Draws.Purpose.LEVEL, 1, 1)))
        .as(what)
        .isBetween(1e-9, 1e9);
    assertThat(FromSettings.meanNoise(settings).min()).as(what).isBetween(1e-13, 1e9);
    if (!settings.data().mixture().weights().isEmpty()) {
      FromSettings.mixture(settings.data().mixture());
    }
    if (!what.startsWith("tweedie.model")) {
      return;
    }
    NetworkSettings network = FromSettings.network(settings, SHAPE, STATISTICS);
    assertThat(network.valuesSeen()).as(what).isPositive();
    if (network.valuesSeen() < Integer.MAX_VALUE) {
      try (Network counted = new Network(network)) {
        assertThat(counted.parameterCount()).as(what).isPositive();
      }
    }
  }

  @Test
  void groupsMayNotBeWrittenOverSomethingElse() {
    for (String other : List.of("null", "3", "text", "[1]", "true")) {
      assertRefused(
          "tweedie.noise = " + other,
          List.of("tweedie.noise.copies=4"),
          "tweedie.noise = {\"copies\":4} is written over something that is no group of settings");
      assertRefused("tweedie = " + other, List.of(), "tweedie = ", "must be a group of settings");
      assertRefused("tweedie.study.images = " + other, List.of(), "tweedie.study.images = ");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'noise.ve { sigma = 1e9, t-max = 100 }', 'noise.ve.t-max = 100 makes noise of Infinity with'",
    "'study.mixtures { hidden = 10000, depth = 1000 }', 'makes networks of 200000000000 parameters'",
    "'study.mixtures { dimensions = [10000], images = 1000000 }', 'makes 10000000000 numbers with'",
    "'model.channels = [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]', 'must hold at most 100 values'",
    "train.averaging.every = 1.0, 'every = 1.0 must be epoch or a whole number'",
    "train.averaging.outer-learning-rate = 1d, 'must be published or a number of at least'"
  })
  void whatIsPossibleAloneMayBeTooMuchTogether(String settings, String message) {
    assertRefused("tweedie { " + settings + " }", List.of(), message);
  }

  @Test
  void overridesSetOneValue() {
    assertRefused(
        "",
        List.of("tweedie.model.channels=[8, 16, 32], tweedie.train.epochs=0"),
        "command line: -D sets one value, and more follows in [8, 16, 32], tweedie.train");
    assertRefused("", List.of("tweedie.study.copies=[1]\nvalue = [2]"), "-D sets one value");
  }

  private static void assertRefused(String text, List<String> overrides, String... message) {
    try {
      SettingsLoader.load(Optional.empty(), overrides, Optional.of(new ConfigText("text", text)));
    } catch (ConfigException e) {
      assertThat(e).hasMessageContainingAll(message);
      return;
    }
    fail("%s %s is accepted".formatted(text, overrides));
  }
}
