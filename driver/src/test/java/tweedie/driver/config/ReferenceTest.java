package tweedie.driver.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReferenceTest {

  static String reference() {
    try (InputStream in = ReferenceTest.class.getResourceAsStream("/reference.conf")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everyKeyIsASettingAndEverySettingIsAKey() {
    assertThat(keys(root(), SettingKeys.ROOT))
        .containsExactlyInAnyOrderElementsOf(SettingKeys.of(Settings.class, SettingKeys.ROOT));
  }

  @Test
  void everySingleSettingHasAComment() {
    assertThat(uncommented(root(), SettingKeys.ROOT)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource
  void everyFileOfConfLoads(Path file) {
    assertThat(SettingsLoader.load(Optional.of(file), List.of()).settings()).isNotNull();
  }

  static List<Path> everyFileOfConfLoads() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../conf"))) {
      List<Path> found =
          files
              .filter(file -> file.toString().endsWith(".conf"))
              .filter(file -> !file.endsWith("gpu.conf")) // properties of Spark
              .sorted()
              .toList();
      assertThat(found)
          .extracting(file -> file.getFileName().toString())
          .contains(
              "demo.conf",
              "mnist.conf",
              "mnist-likelihood.conf",
              "seed-mnist.conf",
              "cifar10.conf",
              "mixture.conf");
      return found;
    }
  }

  private static ConfigObject root() {
    return ConfigFactory.parseString(reference()).getObject(SettingKeys.ROOT);
  }

  private static List<String> keys(ConfigObject group, String path) {
    List<String> keys = new ArrayList<>();
    group.forEach(
        (name, value) -> {
          keys.add(path + "." + name);
          if (value instanceof ConfigObject inner) {
            keys.addAll(keys(inner, path + "." + name));
          }
        });
    return keys;
  }

  private static List<String> uncommented(ConfigObject group, String path) {
    List<String> found = new ArrayList<>();
    group.forEach(
        (String name, ConfigValue value) -> {
          if (value instanceof ConfigObject inner) {
            found.addAll(uncommented(inner, path + "." + name));
          } else if (value.origin().comments().isEmpty()) {
            found.add(path + "." + name);
          }
        });
    return found;
  }
}
