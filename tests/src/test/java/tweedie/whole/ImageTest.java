package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docker/Dockerfile, on a stand-in for Spark's image. */
@Tag("long")
class ImageTest {

  @TempDir Path temporary;

  @Test
  void theImageTrainsAsItsUser() throws IOException, InterruptedException {
    for (String program : List.of("buildah", "debootstrap")) {
      assumeTrue(onPath(program), "No image is built: " + program + " is missing");
    }
    assumeTrue(
        "root".equals(System.getProperty("user.name")), "No image is built: that needs root here");
    Path lib = Repository.root().resolve("driver/target/spark");
    assumeTrue(
        Files.isDirectory(lib), "No image is built: " + lib + " is what `mvn package` makes");
    String directory =
        Optional.ofNullable(System.getenv("TWEEDIE_IMAGE_TEST")).orElse(temporary.toString());
    Process process =
        new ProcessBuilder(Repository.root().resolve("tests/image.sh").toString(), directory)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output)
        .contains("entrypoint: [/opt/entrypoint.sh]", "user: 185\n", "id: 185\n")
        .contains("64 images of 8x8x1 in 2 shards: /tmp/shards")
        .contains("Checkpoint: ", "round-000001")
        .contains("doctor: 0\n", "/tmp/run/samples/heun/grid.png", "refused: 2\n")
        .doesNotContain("twice: ");
  }

  private static boolean onPath(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }
}
