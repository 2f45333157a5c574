package tweedie.network.engine.torch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Where PyTorch is looked for, and why it cannot run: what DJL would find, asked before it looks,
 * since it would look on the internet next.
 *
 * @param variables values of environment variables or system properties; null where there is none
 * @param resources properties of a file on the class path; null where there is none
 * @param classes whether there is such a file on the class path
 * @param platform as DJL spells it, such as {@code linux-x86_64}
 */
record TorchInstallation(
    UnaryOperator<String> variables,
    Function<String, Properties> resources,
    Predicate<String> classes,
    String platform) {

  private static final String LIBRARY = "libtorch.so";

  /** Of this process. */
  static TorchInstallation here() {
    ClassLoader loader = TorchInstallation.class.getClassLoader();
    return new TorchInstallation(
        name -> Optional.ofNullable(System.getenv(name)).orElse(System.getProperty(name)),
        TorchInstallation::read,
        name -> loader.getResource(name) != null,
        "linux-" + (System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64"));
  }

  private static Properties read(String resource) {
    try (InputStream in = TorchInstallation.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        return null;
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties;
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * A version of libtorch, and what it computes on: {@code cpu}, or {@code cu124} for CUDA 12.4.
   */
  private record Libtorch(String version, String flavor) {

    boolean hasCuda() {
      return flavor.startsWith("cu");
    }
  }

  /**
   * Why PyTorch cannot run, a sentence; empty if nothing speaks against it.
   *
   * @param onGpu whether it is to run on a GPU
   */
  Optional<String> refusal(boolean onGpu) {
    Properties jni = resources.apply("jnilib/pytorch.properties");
    if (!classes.test("ai/djl/pytorch/engine/PtEngine.class") || jni == null) {
      return Optional.of("This build of Tweedie has no PyTorch: build it with mvn -Ptorch.");
    }
    String path = variable("PYTORCH_LIBRARY_PATH");
    if (path != null && !holdsLibtorch(path)) {
      return Optional.of(
          "PYTORCH_LIBRARY_PATH = %s holds no %s: it names the folder torch/lib of a PyTorch that is installed here."
              .formatted(path, LIBRARY));
    }
    Properties natives = resources.apply("native/lib/pytorch.properties");
    if (path == null && natives == null) {
      return Optional.of(
          "There is no libtorch here: set PYTORCH_LIBRARY_PATH to the folder torch/lib of an installed PyTorch %s, with PYTORCH_VERSION and PYTORCH_FLAVOR, or add ai.djl.pytorch:pytorch-native-cu124 or -cpu to the class path."
              .formatted(wanted(jni)));
    }
    return refusal(path == null ? bundled(natives) : installed(), wanted(jni), onGpu);
  }

  private Optional<String> refusal(Libtorch found, String wanted, boolean onGpu) {
    if (!found.version().equals(wanted)) {
      return Optional.of(
          "The libtorch here is of PyTorch %s, and this build of Tweedie fits PyTorch %s: install that, and set PYTORCH_VERSION to it."
              .formatted(found.version().isEmpty() ? "unknown version" : found.version(), wanted));
    }
    if (!classes.test("jnilib/%s/%s/libdjl_torch.so".formatted(platform, found.flavor()))) {
      return Optional.of(
          "Nothing in this build of Tweedie fits a libtorch of flavour '%s' on %s: set PYTORCH_FLAVOR to what is in PYTORCH_LIBRARY_PATH, such as cu124 or cpu, with -precxx11 behind it if it is of pip."
              .formatted(found.flavor(), platform));
    }
    if (onGpu && !found.hasCuda()) {
      return Optional.of(
          "The libtorch here, PyTorch %s for '%s', has no CUDA, and the network is to run on a GPU: use one for CUDA, such as ai.djl.pytorch:pytorch-native-cu124, or leave out spark.task.resource.gpu.amount."
              .formatted(found.version(), found.flavor()));
    }
    return cacheRefusal();
  }

  /** DJL unpacks libraries into a folder of the user, or of temporary files. */
  private Optional<String> cacheRefusal() {
    Path cache = cache();
    Path existing = cache;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    return existing != null && Files.isDirectory(existing) && Files.isWritable(existing)
        ? Optional.empty()
        : Optional.of(
            "%s cannot be written, where PyTorch's libraries are unpacked: set DJL_CACHE_DIR to a folder of this machine that can, with 5 GB for CUDA or 0.5 GB for a CPU."
                .formatted(cache));
  }

  /** The folder that DJL takes. */
  private Path cache() {
    return Stream.of("ENGINE_CACHE_DIR", "DJL_CACHE_DIR")
        .map(this::variable)
        .filter(folder -> folder != null)
        .findFirst()
        .map(Path::of)
        .orElseGet(
            () -> {
              Path home = Path.of(System.getProperty("user.home"));
              Path folder =
                  Files.isWritable(home) ? home : Path.of(System.getProperty("java.io.tmpdir"));
              return folder.resolve(".djl.ai");
            });
  }

  private String variable(String name) {
    String value = variables.apply(name);
    return value == null || value.isEmpty() ? null : value;
  }

  private static boolean holdsLibtorch(String path) {
    return Arrays.stream(path.split(":"))
        .map(Path::of)
        .anyMatch(
            folder -> folder.endsWith(LIBRARY) || Files.isRegularFile(folder.resolve(LIBRARY)));
  }

  /** The version of libtorch that the JNI library was made for: 2.5.1 of 2.5.1-0.32.0. */
  private static String wanted(Properties jni) {
    return jni.getProperty("jni_version", "").replaceAll("-.*", "");
  }

  private static Libtorch bundled(Properties natives) {
    return new Libtorch(
        natives.getProperty("version", "").replaceAll("-.*", ""),
        natives.getProperty("flavor", ""));
  }

  private Libtorch installed() {
    return new Libtorch(
        Optional.ofNullable(variable("PYTORCH_VERSION")).orElse(""),
        Optional.ofNullable(variable("PYTORCH_FLAVOR")).orElse(""));
  }
}
