package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.imageio.spi.ImageReaderSpi;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is in tweedie-VERSION-all.jar, and what is not. */
class AllJarTest {

  private static Path jar;
  private static Set<String> entries;

  @BeforeAll
  static void list() throws IOException {
    jar = Artefacts.allJar();
    entries = entries(jar);
  }

  private static Set<String> entries(Path path) throws IOException {
    try (JarFile file = new JarFile(path.toFile())) {
      return file.stream().map(ZipEntry::getName).collect(Collectors.toSet());
    }
  }

  private static String text(String name) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return new String(
          file.getInputStream(file.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void itHoldsTheProgramItsLibrariesAndNatives() throws IOException {
    assertThat(entries)
        .contains(
            "tweedie/driver/Tweedie.class",
            "tweedie/train/round/RoundMaster.class",
            "org/nd4j/linalg/factory/Nd4j.class",
            "org/bytedeco/javacpp/Loader.class",
            "picocli/CommandLine.class",
            "com/typesafe/config/Config.class")
        .anyMatch(name -> name.endsWith("/libnd4jcpu.so"))
        .anyMatch(name -> name.matches(".*/libopenblas.*so.*"));
    try (JarFile file = new JarFile(jar.toFile())) {
      assertThat(file.getManifest().getMainAttributes().getValue("Main-Class"))
          .isEqualTo("tweedie.driver.Tweedie");
    }
  }

  @Test
  void nothingThatSparkBringsIsInIt() throws IOException {
    try (Stream<Path> jars = Files.list(Artefacts.spark())) {
      for (Path spark : jars.toList()) {
        List<String> both =
            entries(spark).stream()
                .filter(name -> name.endsWith(".class") && !name.endsWith("module-info.class"))
                .filter(entries::contains)
                .toList();
        assertThat(both).as("%s: add it to spark.groups in pom.xml", spark).isEmpty();
      }
    }
  }

  @Test
  void servicesAreMergedAndSettingsAppended() throws IOException {
    assertThat(text("reference.conf")).contains("tweedie {", "copies =");
    assertThat(text("META-INF/services/org.nd4j.linalg.factory.Nd4jBackend"))
        .contains("org.nd4j.linalg.cpu.nativecpu.CpuBackend");
    try (URLClassLoader classes =
        new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      assertThat(ServiceLoader.load(ImageReaderSpi.class, classes))
          .anyMatch(reader -> reader.getClass().getName().contains("twelvemonkeys"));
    }
  }

  @Test
  void nothingInItIsSignedOrAModule() {
    assertThat(entries)
        .noneMatch(name -> name.matches("META-INF/[^/]+\\.(SF|DSA|RSA)"))
        .noneMatch(name -> name.endsWith("module-info.class"));
  }
}
