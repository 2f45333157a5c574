package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static tweedie.whole.Commands.tweedie;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.cluster.Await;
import tweedie.cluster.StandaloneCluster;

/**
 * Processes that train are killed; the run goes on to the same bits. The long form is {@code
 * tests/kill-driver.sh}.
 */
class KillTest {

  private static final int SIGKILL = 137;
  private static final int SIGTERM = 143;

  @TempDir Path directory;

  private Process train(Path conf, Path run) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+")));
    line.addAll(List.of(StandaloneCluster.SHORT_LIFE.split(" ")));
    line.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path")));
    line.addAll(List.of("tweedie.driver.Tweedie", "train", "--master", "local[2]"));
    line.addAll(List.of("--conf", conf.toString(), "--run", run.toString()));
    return new ProcessBuilder(line)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
        .start();
  }

  private Path log() {
    return directory.resolve("log");
  }

  private static int files(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return (int) files.count();
    }
  }

  @Test
  void aRunThatIsKilledTwiceAndThenStoppedEndsInTheSameBits() throws Exception {
    Path conf = TinyRuns.prepare(directory, 8, 2);
    Path whole = directory.resolve("whole");
    tweedie("train", "--conf", conf, "--run", whole).succeeded();
    Path run = directory.resolve("run");
    Path checkpoints = run.resolve("checkpoints");

    Process writing = train(conf, run);
    Await.until(
        "a checkpoint that is being written", () -> files(checkpoints.resolve("round-000002")) > 1);
    writing.destroyForcibly();
    assertThat(writing.waitFor()).isEqualTo(SIGKILL);
    assertThat(run.resolve("lock.json")).exists();

    Process training = train(conf, run);
    Await.until("one more round", () -> Files.exists(checkpoints.resolve("round-000004")));
    training.destroyForcibly();
    assertThat(training.waitFor()).isEqualTo(SIGKILL);

    Process stopped = train(conf, run);
    Await.until("one more round", () -> Files.exists(checkpoints.resolve("round-000006")));
    Instant told = Instant.now();
    stopped.destroy();
    assertThat(stopped.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Duration.between(told, Instant.now())).isLessThan(Duration.ofSeconds(10));
    assertThat(stopped.exitValue()).isEqualTo(SIGTERM);
    assertThat(run.resolve("lock.json")).doesNotExist();
    assertThat(Files.readString(log()))
        .contains("takes over file:" + run + ": it was held by process " + writing.pid())
        .contains("takes over file:" + run + ": it was held by process " + training.pid())
        .contains("stopped by a signal; file:" + run + " is free, and the same command goes on")
        .doesNotContain("tweedie train failed", "Exception in thread");

    tweedie("train", "--conf", conf, "--run", run).succeeded();
    TinyRuns.assertSameCheckpoint(run, whole);
    assertThat(Files.readAllLines(run.resolve("metrics.jsonl"))).hasSize(8);
    assertThat(Trees.files(run)).noneMatch(file -> file.toString().endsWith(".tmp"));
  }
}
