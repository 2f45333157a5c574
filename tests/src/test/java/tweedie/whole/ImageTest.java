package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The images of docker/, on stand-ins for those of others. */
@Tag("long")
class ImageTest {

  @TempDir Path temporary;

  private static final Path LIBTORCH =
      Path.of(
          System.getProperty("user.home"), ".m2/repository/ai/djl/pytorch/pytorch-native-cu124");

  @Test
  void theImageTrainsAsItsUser() throws IOException, InterruptedException {
    requirePrograms("buildah", "debootstrap");
    String output = built("cpu");
    assertThat(output).contains("refused: 2\n");
  }

  /**
   * By LibTorch for CUDA on the CPU: without a driver it is refused, with one that has no card it
   * runs.
   */
  @Test
  void theImageForGpusComputesByItsLibtorch() throws IOException, InterruptedException {
    requirePrograms("buildah", "debootstrap", "gcc", "nm");
    assumeTrue(
        Files.isDirectory(LIBTORCH),
        "No image for GPUs is built: Maven has not downloaded LibTorch for CUDA, 2.5 GB");
    String output = built("cuda");
    assertThat(output.split("refused: 2\n", -1)).hasSize(4);
    assertThat(output)
        .contains("This libtorch is for GPUs, and there is no driver of NVIDIA's here")
        .contains("PyTorch 2.5.1, CPU, float32")
        .contains("GPU 0, tf32, channels last, 1 threads cannot compute: Found no NVIDIA driver");
  }

  private static void requirePrograms(String... programs) {
    for (String program : programs) {
      assumeTrue(onPath(program), "No image is built: " + program + " is missing");
    }
    assumeTrue(
        "root".equals(System.getProperty("user.name")), "No image is built: that needs root here");
    Path lib = Repository.root().resolve("driver/target/spark");
    assumeTrue(
        Files.isDirectory(lib), "No image is built: " + lib + " is what `mvn package` makes");
  }

  private String built(String kind) throws IOException, InterruptedException {
    String directory =
        Optional.ofNullable(System.getenv("TWEEDIE_IMAGE_TEST")).orElse(temporary.toString());
    Process process =
        new ProcessBuilder(Repository.root().resolve("tests/image.sh").toString(), directory, kind)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output)
        .contains("entrypoint: [/opt/entrypoint.sh]", "user: 185\n", "id: 185\n")
        .contains("64 images of 8x8x1 in 2 shards: /tmp/shards")
        .contains("Checkpoint: ", "round-000001")
        .contains("doctor: 0\n", "/tmp/run/samples/heun/grid.png", "nothing was written\n")
        .doesNotContain("twice: ");
    return output;
  }

  private static boolean onPath(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }
}
