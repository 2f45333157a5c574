package tweedie.network.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.device.Gpu;

/** What is said about PyTorch before anything of it is loaded; no GPU is needed here. */
class TorchInstallationTest {

  private static final String ENGINE = "ai/djl/pytorch/engine/PtEngine.class";

  @TempDir Path directory;

  private final Map<String, String> variables = new HashMap<>();
  private final Map<String, Properties> resources = new HashMap<>();
  private final Set<String> classes =
      new HashSet<>(
          Set.of(
              ENGINE,
              "jnilib/linux-x86_64/cpu/libdjl_torch.so",
              "jnilib/linux-x86_64/cu124/libdjl_torch.so"));

  @BeforeEach
  void install() {
    variables.put("DJL_CACHE_DIR", directory.resolve("cache").toString());
    resources.put("jnilib/pytorch.properties", properties("jni_version", "2.5.1-0.32.0"));
    resources.put(
        "native/lib/pytorch.properties", properties("version", "2.5.1-20241113", "flavor", "cpu"));
  }

  private static Properties properties(String... pairs) {
    Properties properties = new Properties();
    for (int i = 0; i < pairs.length; i += 2) {
      properties.setProperty(pairs[i], pairs[i + 1]);
    }
    return properties;
  }

  private String refusal(boolean onGpu) {
    return new TorchInstallation(variables::get, resources::get, classes::contains, "linux-x86_64")
        .refusal(onGpu)
        .orElse("");
  }

  /** As a PyTorch that pip installed. */
  private void installOnMachine(String version, String flavor) throws IOException {
    Path library = Files.createDirectory(directory.resolve("lib"));
    Files.createFile(library.resolve("libtorch.so"));
    variables.put("PYTORCH_LIBRARY_PATH", library.toString());
    variables.put("PYTORCH_VERSION", version);
    variables.put("PYTORCH_FLAVOR", flavor);
  }

  @Test
  void librariesOnTheClassPathRun() {
    assertThat(refusal(false)).isEmpty();
    resources.get("native/lib/pytorch.properties").setProperty("flavor", "cu124");
    assertThat(refusal(true)).isEmpty();
  }

  @Test
  void librariesOfTheMachineRun() throws IOException {
    resources.remove("native/lib/pytorch.properties");
    installOnMachine("2.5.1", "cu124");
    assertThat(refusal(true)).isEmpty();
  }

  @Test
  void aBuildWithoutItSaysHowToBuild() {
    classes.remove(ENGINE);
    assertThat(refusal(false))
        .isEqualTo("This build of Tweedie has no PyTorch: build it with mvn -Ptorch.");
  }

  @Test
  void missingLibrariesAreNamed() {
    resources.remove("native/lib/pytorch.properties");
    assertThat(refusal(false))
        .startsWith("There is no libtorch here: set PYTORCH_LIBRARY_PATH")
        .contains("an installed PyTorch 2.5.1");
    variables.put("PYTORCH_LIBRARY_PATH", directory.toString());
    assertThat(refusal(false))
        .startsWith("PYTORCH_LIBRARY_PATH = %s holds no libtorch.so".formatted(directory));
  }

  @Test
  void librariesOfAnotherVersionAreRefused() throws IOException {
    installOnMachine("2.7.1", "cu124");
    assertThat(refusal(true))
        .startsWith("The libtorch here is of PyTorch 2.7.1, and this build of Tweedie fits")
        .contains("PyTorch 2.5.1");
    variables.remove("PYTORCH_VERSION");
    assertThat(refusal(true)).startsWith("The libtorch here is of PyTorch unknown version");
  }

  @Test
  void aFlavourThatNothingFitsIsRefused() throws IOException {
    installOnMachine("2.5.1", "cu128");
    assertThat(refusal(true)).contains("flavour 'cu128' on linux-x86_64").contains("cu124 or cpu");
  }

  @Test
  void aGpuNeedsCuda() {
    assertThat(refusal(true))
        .startsWith("The libtorch here, PyTorch 2.5.1 for 'cpu', has no CUDA")
        .contains("spark.task.resource.gpu.amount");
  }

  @Test
  void aCacheThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    variables.put("ENGINE_CACHE_DIR", file.resolve("cache").toString());
    assertThat(refusal(false))
        .startsWith(file.resolve("cache") + " cannot be written")
        .contains("DJL_CACHE_DIR");
  }

  @Test
  void cardsThatAreTooOldAreRefusedInASentence() {
    assertThat(TorchGpus.tooOld(new Gpu(0, "GPU-aa", "Tesla K80", "3.7", "11441 MiB", "470")))
        .hasValueSatisfying(
            why -> assertThat(why).startsWith("GPU 0, Tesla K80, has compute capability 3.7"));
    assertThat(List.of("5.0", "7.5", "9.0", "10.0", "12.0"))
        .allSatisfy(
            capability ->
                assertThat(
                        TorchGpus.tooOld(new Gpu(0, "GPU-aa", "card", capability, "1 MiB", "550")))
                    .isEmpty());
  }

  @Test
  void aTaskWithoutAGpuComputesOnTheCpu() {
    assertThat(new TorchGpus().wants(List.of())).isFalse();
    assertThat(new TorchGpus().wants(List.of("0"))).isTrue();
  }
}
