package tweedie.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said about GPUs before anything of CUDA is loaded; no GPU is needed here. */
class GpuTest {

  private static final Gpu A100 =
      new Gpu(0, "GPU-aa", "NVIDIA A100-SXM4-40GB", "8.0", "40960 MiB", "550.54");
  private static final Gpu RTX =
      new Gpu(1, "GPU-bb", "NVIDIA GeForce RTX 4090", "8.9", "24564 MiB", "550.54");

  @TempDir Path directory;

  private static Gpu of(String capability) {
    return new Gpu(0, "GPU-aa", "card", capability, "1 MiB", "1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3.7", "5.0", "5.2", "5.3", "6.0", "6.1", "6.2", "7.0", "7.2", "7.5", "8.0", "8.6", "8.7",
        "8.9"
      })
  void codeRunsOnItsCapabilityAndOnLaterOnesOfTheSameGeneration(String capability) {
    assertThat(of(capability).refusal()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.1", "3.0", "3.5", "9.0", "10.0", "12.0"})
  void olderAndNewerCardsAreRefusedInASentence(String capability) {
    assertThat(of(capability).refusal())
        .hasValue(
            "GPU 0, card, has compute capability "
                + capability
                + "; ND4J's CUDA build holds code for compute capability 3.7 to 8.9 (Kepler's K80"
                + " to Ampere, and Ada), and none that it can run. Use another card, or the build"
                + " without -Pcuda.");
  }

  @Test
  void whatNvidiaSmiListsIsRead() {
    assertThat(
            Gpu.parse(
                "0, GPU-aa, NVIDIA A100-SXM4-40GB, 8.0, 40960 MiB, 550.54\n"
                    + "1, GPU-bb, NVIDIA GeForce RTX 4090, 8.9, 24564 MiB, 550.54\n"))
        .containsExactly(A100, RTX);
    assertThat(Gpu.parse("")).isEmpty();
  }

  @Test
  void memoryIsInMebibytes() {
    assertThat(A100.totalMebibytes()).isEqualTo(40960);
    assertThat(Gpu.mebibytes("  1234 MiB\n")).isEqualTo(1234);
    assertThatThrownBy(() -> Gpu.mebibytes("[N/A]\n"))
        .isInstanceOf(DeviceException.class)
        .hasMessage("nvidia-smi says '[N/A]' of the memory of a GPU, which is no number of MiB");
  }

  @Test
  void aDriverThatDoesNotKnowTheQuestionIsNamed() {
    assertThatThrownBy(() -> Gpu.parse("0, GPU-aa, Tesla K80, [N/A], 11441 MiB, 470.1"))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("'0, GPU-aa, Tesla K80, [N/A], 11441 MiB, 470.1'")
        .hasMessageContaining("older than CUDA 11.6 needs (510)");
  }

  @Test
  void aMachineWithoutADriverSaysSo() {
    assertThatThrownBy(() -> Gpu.ask(directory.resolve("absent").toString()))
        .isInstanceOf(DeviceException.class)
        .hasMessage("No GPU can be used: there is no nvidia-smi here, so no driver of NVIDIA's");
  }

  @Test
  void aDriverThatFailsIsQuoted() throws IOException {
    Path program =
        Files.createFile(
            directory.resolve("nvidia-smi"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Files.writeString(program, "#!/bin/sh\necho 'No devices were found'\nexit 6\n");
    assertThatThrownBy(() -> Gpu.ask(program.toString()))
        .isInstanceOf(DeviceException.class)
        .hasMessage("No GPU can be used: nvidia-smi says 'No devices were found'");
  }

  @Test
  void anAddressIsANumberOrAUuid() {
    List<Gpu> gpus = List.of(A100, RTX);
    assertThat(Cuda.at("1", gpus)).isEqualTo(RTX);
    assertThat(Cuda.at("GPU-aa", gpus)).isEqualTo(A100);
    assertThatThrownBy(() -> Cuda.at("2", gpus))
        .isInstanceOf(DeviceException.class)
        .hasMessageStartingWith("There is no GPU 2 here; nvidia-smi lists ")
        .hasMessageContaining("spark.executor.resource.gpu.discoveryScript");
    assertThatThrownBy(() -> Cuda.at("0", List.of())).hasMessageContaining("nvidia-smi lists none");
  }

  @Test
  void cudaNumbersTheGpusThatAreVisible() {
    assertThat(Cuda.ordinal(RTX, null)).isEqualTo(1);
    assertThat(Cuda.ordinal(RTX, "1")).isZero();
    assertThat(Cuda.ordinal(A100, "1, 0")).isEqualTo(1);
    assertThat(Cuda.ordinal(RTX, "GPU-bb")).isZero();
    assertThatThrownBy(() -> Cuda.ordinal(A100, "1"))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("GPU 0, which CUDA_VISIBLE_DEVICES = 1 of this process hides");
  }

  @Test
  void aGpuThatIsNotThereIsRefusedInTheSameWordsEachTime() {
    Throwable first = catchThrowable(() -> Cuda.usable("none", Cuda.ENGINE));
    assertThat(first).isInstanceOf(DeviceException.class).hasMessageContaining("nvidia-smi");
    assertThatThrownBy(() -> Cuda.usable("none", Cuda.ENGINE))
        .isInstanceOf(DeviceException.class)
        .hasMessage(first.getMessage());
  }

  @Test
  void aGpuHasOneWorkerAtATime() {
    try (GpuLease held = GpuLease.take(A100, directory);
        GpuLease other = GpuLease.take(RTX, directory)) {
      assertThat(held).isNotSameAs(other);
      assertThatThrownBy(() -> GpuLease.take(A100, directory))
          .isInstanceOf(DeviceException.class)
          .hasMessageStartingWith(
              "Two workers on one GPU: 0, NVIDIA A100-SXM4-40GB, is in use by another task.")
          .hasMessageContaining("spark.task.resource.gpu.amount = 1");
    }
    GpuLease.take(A100, directory).close();
  }
}
