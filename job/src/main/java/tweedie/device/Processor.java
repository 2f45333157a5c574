package tweedie.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this machine's CPU has, and which of ND4J's builds runs on it: one that needs what a CPU
 * lacks would end the process in native code.
 *
 * @param model its name
 * @param features its flags, as Linux spells them; empty where they are not known
 */
public record Processor(String model, Set<String> features) {

  /** JavaCPP's property for the build that it loads. */
  static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";

  /** Flags worth a column in a table, the newest last. */
  private static final List<String> TELLING =
      List.of("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "asimd", "sve");

  /** A build of nd4j-native for x86-64: its name in JavaCPP, and the flag that it needs, if any. */
  private record Build(String extension, String needs) {

    boolean isPresent(Predicate<String> resources) {
      return resources.test(
          "org/nd4j/linalg/cpu/nativecpu/bindings/linux-x86_64%s/libnd4jcpu.so"
              .formatted(extension));
    }
  }

  /**
   * The fastest first; oneDNN picks its kernels by itself, so AVX-512 needs no build of its own.
   */
  private static final List<Build> BUILDS =
      List.of(
          new Build("-onednn-avx2", "avx2"),
          new Build("-onednn-avx512", "avx512f"),
          new Build("-avx2", "avx2"),
          new Build("-onednn", ""),
          new Build("", ""));

  /** The CPU of this machine. */
  public static Processor present() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return parse(lines.toList());
    } catch (IOException e) { // no Linux
      return new Processor(System.getProperty("os.arch"), Set.of());
    }
  }

  static Processor parse(List<String> cpuinfo) {
    return new Processor(
        field(cpuinfo, "model name").orElse(System.getProperty("os.arch")),
        field(cpuinfo, "flags")
            .or(() -> field(cpuinfo, "Features")) // arm64
            .map(flags -> Set.of(flags.split("\\s+")))
            .orElse(Set.of()));
  }

  private static Optional<String> field(List<String> cpuinfo, String name) {
    return cpuinfo.stream()
        .filter(line -> line.matches(name + "\\s*:.*"))
        .map(line -> line.substring(line.indexOf(':') + 1).trim())
        .findFirst();
  }

  /** The flags that decide how fast the network is. */
  public String telling() {
    return TELLING.stream().filter(features::contains).collect(Collectors.joining(" "));
  }

  /**
   * Lets ND4J, which must not be loaded yet, take the fastest of its builds on the class path that
   * this machine can run. A build that the property of JavaCPP names is left to be.
   *
   * @throws DeviceException if it can run none
   */
  public static void chooseBuild() {
    if (System.getProperty(EXTENSION) == null) {
      ClassLoader classes = Processor.class.getClassLoader();
      present()
          .build(resource -> classes.getResource(resource) != null)
          .ifPresent(extension -> System.setProperty(EXTENSION, extension));
    }
  }

  /** The extension of the build to load; empty if there is nothing to choose from. */
  Optional<String> build(Predicate<String> resources) {
    List<Build> present = BUILDS.stream().filter(build -> build.isPresent(resources)).toList();
    if (present.isEmpty() || features.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> extension =
        present.stream()
            .filter(build -> build.needs.isEmpty() || features.contains(build.needs))
            .map(Build::extension)
            .findFirst();
    if (extension.isEmpty()) {
      throw new DeviceException(
          "This machine's CPU, %s, has no %s, which the ND4J of this build needs. Build Tweedie with mvn -Pany-cpu, which adds one that runs on every x86-64."
              .formatted(model, present.get(0).needs));
    }
    return present.size() == 1 ? Optional.empty() : extension;
  }
}
