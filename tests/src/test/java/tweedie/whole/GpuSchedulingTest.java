package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.cluster.StandaloneCluster;
import tweedie.cluster.StandaloneCluster.Layout;
import tweedie.whole.Commands.Outcome;

/**
 * Spark's GPU scheduling without a GPU: a worker whose discovery script finds one, and an
 * nvidia-smi that calls it a Hopper. That ND4J runs on a real one is not shown here.
 */
class GpuSchedulingTest {

  @TempDir static Path directory;
  private static StandaloneCluster cluster;
  private static Path conf;

  @BeforeAll
  static void start() throws Exception {
    conf = TinyRuns.prepare(directory, 1, 1);
    Path bin = Files.createDirectory(directory.resolve("bin"));
    script(
        bin.resolve("nvidia-smi"),
        "echo '0, GPU-77, NVIDIA H100 80GB HBM3, 9.0, 81559 MiB, 550.54'");
    Path discovery =
        script(directory.resolve("gpu.sh"), "echo '{\"name\": \"gpu\", \"addresses\": [\"0\"]}'");
    Layout layout =
        Layout.ofTests()
            .with(
                List.of(
                    "-Dspark.worker.resource.gpu.amount=1",
                    "-Dspark.worker.resource.gpu.discoveryScript=" + discovery),
                Map.of("PATH", bin + ":" + System.getenv("PATH")));
    cluster =
        StandaloneCluster.start(Files.createDirectory(directory.resolve("cluster")), 1, layout);
  }

  private static Path script(Path path, String line) throws IOException {
    Files.writeString(path, "#!/bin/sh\n" + line + "\n");
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static Outcome onAGpu(Object... arguments) {
    Map<String, String> settings = new HashMap<>(cluster.settings());
    settings.put("spark.executor.resource.gpu.amount", "1");
    settings.put("spark.task.resource.gpu.amount", "1");
    return Commands.withSpark(settings, Commands.with(arguments, "--master", cluster.master()));
  }

  @Test
  void doctorNamesTheCardAndWhyItIsOfNoUse() {
    Outcome outcome = onAGpu("doctor", "--conf", conf);
    assertThat(outcome.out())
        .contains("0: NVIDIA H100 80GB HBM3 9.0, 81559 MiB, driver 550.54")
        .contains("(slot 0): This build of Tweedie has no PyTorch: build it with mvn -Ptorch.");
    assertThat(outcome.status()).isEqualTo(2);
  }

  @Test
  void theFirstTaskRefusesAGpuThatThisBuildCannotUse() {
    Path run = directory.resolve("run");
    assertThat(onAGpu("train", "--conf", conf, "--run", run).refused().err())
        .contains("This build of Tweedie has no PyTorch: build it with mvn -Ptorch.\n")
        .hasLineCount(1);
    assertThat(run).doesNotExist();
  }

  @Test
  void aGpuForAnEngineOfTheCpuIsRefused() {
    Path run = directory.resolve("run");
    assertThat(
            onAGpu("train", "--conf", conf, "--run", run, "-D", "tweedie.compute.engine=onednn")
                .refused()
                .err())
        .startsWith("Spark assigned GPU 0 to a task, and networks are computed on the CPU here")
        .hasLineCount(1);
    assertThat(run).doesNotExist();
  }

  @Test
  void aShareOfAGpuIsRefusedBeforeAnythingStarts() {
    Map<String, String> settings =
        Map.of("spark.task.resource.gpu.amount", "0.5", "spark.executor.resource.gpu.amount", "1");
    assertThat(Commands.withSpark(settings, "doctor", "--conf", conf).refused().err())
        .isEqualTo(
            "spark.task.resource.gpu.amount = 0.5 must be 1: a worker has a GPU of its own, and"
                + " uses one\n");
  }
}
