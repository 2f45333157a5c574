package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static tweedie.whole.Commands.tweedie;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.ImageShape;
import tweedie.whole.Commands.Outcome;

/** {@code doctor} in local mode. */
class DoctorTest {

  @TempDir Path directory;
  private Path conf;
  private Path run;

  @BeforeEach
  void prepare() throws IOException {
    conf = TinyRuns.prepare(directory, 1, 2);
    run = directory.resolve("run");
  }

  @Test
  void aHealthyMachineEndsWith0AndNothingIsLeftBehind() throws IOException {
    Outcome outcome = tweedie("doctor", "--conf", conf, "--run", run).succeeded();
    List<String> lines = outcome.out().lines().toList();
    assertThat(lines.get(0)).startsWith("slot  executor  host");
    assertThat(lines.get(1)).startsWith("-     driver");
    assertThat(lines.get(2)).startsWith("0     driver").contains("oneDNN", "1x1x4");
    assertThat(lines.get(3)).startsWith("1     driver").contains("oneDNN", "1x1x4");
    assertThat(outcome.out()).doesNotContain("error: ");
    assertThat(run).doesNotExist();

    Files.createDirectory(run);
    tweedie("doctor", "--conf", conf, "--run", run).succeeded();
    assertThat(run).isEmptyDirectory();
  }

  @Test
  void whatWouldFailIsAllSaidAndEndsWith2() throws IOException {
    Path copy = directory.resolve("trained");
    tweedie("train", "--conf", conf, "--run", copy).succeeded();
    Path other =
        Images.write(
            Files.createDirectory(directory.resolve("other")), new ImageShape(1, 1, 2), 2, 16);
    Outcome outcome =
        Commands.withSpark(
            Map.of("spark.driver.maxResultSize", "8k"),
            "doctor",
            "--conf",
            conf,
            "--run",
            copy,
            "-D",
            "tweedie.data.path=" + other,
            "-D",
            "tweedie.train.workers=3",
            "-D",
            "tweedie.train.threads-per-worker=500");
    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.out())
        .contains("error: command line: tweedie.train.workers = 3 must be at most the number of")
        .contains(
            "error: spark.driver.maxResultSize is 8192 bytes, and a round returns about 12000"
                + " bytes")
        .contains("a shard holds images of 1x1x2, the model is of 1x1x4: tweedie.data.path names")
        .contains("warning: tweedie.train.workers is 3, and 2 tasks can run at once")
        .contains("tasks have 500 threads each");
  }

  @Test
  void aHeapThatIsTooSmallIsRefusedBeforeAnythingIsWritten() {
    String wide = "tweedie.model.hidden=5000";
    String problem = " parameters here, and in local mode its rounds take about ";
    Outcome doctor = tweedie("doctor", "--conf", conf, "--run", run, "-D", wide);
    assertThat(doctor.status()).isEqualTo(2);
    assertThat(doctor.out()).contains("tweedie.model.network = \"mlp\" has ", problem);
    assertThat(tweedie("train", "--conf", conf, "--run", run, "-D", wide).refused().err())
        .contains(problem, "start with TWEEDIE_JAVA_OPTS=-Xmx")
        .hasLineCount(1);
    assertThat(run).doesNotExist();
  }

  @Test
  void dataThatIsMissingIsAnError() {
    Outcome outcome = tweedie("doctor", "-D", "tweedie.data.path=" + directory.resolve("none"));
    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.out())
        .contains("error: command line: tweedie.data.path = ")
        .contains("is no data set: " + directory.resolve("none") + " does not exist");
  }

  @Test
  void aRunThatIsAFileOrOfAnUnknownSchemeIsRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "mine");
    assertThat(tweedie("doctor", "--conf", conf, "--run", file).refused().err())
        .contains("file is a file; --run names a directory");
    assertThat(tweedie("doctor", "--conf", conf, "--run", "floppy://a/b").refused().err())
        .contains("floppy://a/b cannot be used: No FileSystem for scheme \"floppy\"");
  }
}
