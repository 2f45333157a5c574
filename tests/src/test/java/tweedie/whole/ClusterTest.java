package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static tweedie.whole.Commands.tweedie;
import static tweedie.whole.Commands.with;
import static tweedie.whole.Commands.withSpark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.cluster.StandaloneCluster;
import tweedie.cluster.TaskKiller;
import tweedie.data.CrashingFileSystem;
import tweedie.whole.Commands.Outcome;

/** Wherever a run is trained, and whatever is lost meanwhile, its checkpoints are the same. */
class ClusterTest {

  @TempDir static Path directory;
  private static Path conf;
  private static Path whole;
  private static StandaloneCluster cluster;

  @TempDir Path temporary;
  private Path run;

  @BeforeAll
  static void trainInOneProcess() throws Exception {
    conf = TinyRuns.prepare(directory, 3, 3);
    whole = directory.resolve("whole");
    tweedie("train", "--conf", conf, "--run", whole).succeeded();
    cluster = StandaloneCluster.start(Files.createDirectory(directory.resolve("cluster")), 2);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void nameARun() {
    run = temporary.resolve("run");
  }

  private Outcome trainOnTheCluster(Map<String, String> more, Object... args) {
    Map<String, String> settings = new HashMap<>(cluster.settings());
    settings.put("spark.extraListeners", TaskKiller.class.getName());
    settings.putAll(more);
    Object[] line = {"train", "--conf", conf, "--run", run, "--master", cluster.master()};
    return withSpark(settings, with(line, args));
  }

  @Test
  void oneCoreGivesTheSameBits() throws Exception {
    tweedie("train", "--conf", conf, "--run", run, "--master", "local[1]").succeeded();
    TinyRuns.assertSameCheckpoint(run, whole);
  }

  @Test
  void aTaskThatFailsOnceAndIsRunAgainGivesTheSameBits() throws Exception {
    CrashingFileSystem.failTaskReadAfter(5); // of three in a pass over the shards
    try {
      withSpark(
              CrashingFileSystem.sparkSettings(),
              "train",
              "--conf",
              conf,
              "--run",
              run,
              "--master",
              "local[2,3]",
              "-D",
              "tweedie.data.path=" + CrashingFileSystem.path(directory.resolve("data")))
          .succeeded();
      assertThat(CrashingFileSystem.hasFailed()).isTrue();
    } finally {
      CrashingFileSystem.repair();
    }
    for (String file : List.of("parameters.npy", "moments.npy", "ema.npy", "data.json")) {
      assertThat(TinyRuns.newest(run).resolve(file))
          .hasSameBinaryContentAs(TinyRuns.newest(whole).resolve(file));
    }
  }

  @Test
  void twoExecutorsWithSpeculationGiveTheSameBits() throws Exception {
    TaskKiller.watch(cluster, "");
    trainOnTheCluster(
            Map.of(
                "spark.speculation", "true",
                "spark.speculation.interval", "5ms",
                "spark.speculation.quantile", "0.1",
                "spark.speculation.multiplier", "1.0",
                "spark.speculation.minTaskRuntime", "1ms"))
        .succeeded();
    assertThat(TaskKiller.speculative()).isPositive();
    assertThat(TaskKiller.lost()).isZero();
    TinyRuns.assertSameCheckpoint(run, whole);
  }

  @Test
  void anExecutorThatIsKilledInARoundGivesTheSameBits() throws Exception {
    TaskKiller.watch(cluster, "round 2");
    trainOnTheCluster(Map.of()).succeeded();
    assertThat(TaskKiller.lost()).isEqualTo(1);
    TinyRuns.assertSameCheckpoint(run, whole);
  }

  @Test
  void imagesOfATableThatAreLostWithAnExecutorAreReadAgain() throws Exception {
    Object[] table = {
      "-D",
      "tweedie.data.path=",
      "-D",
      "tweedie.data.table.input=" + directory.resolve("data"),
      "-D",
      "tweedie.data.images-per-shard=4"
    };
    Path unharmed = temporary.resolve("unharmed");
    tweedie(with(new Object[] {"train", "--conf", conf, "--run", unharmed}, table)).succeeded();
    TaskKiller.watch(cluster, "round 2");
    trainOnTheCluster(Map.of(), table).succeeded();
    assertThat(TaskKiller.lost()).isPositive();
    TinyRuns.assertSameCheckpoint(run, unharmed);
  }

  @Test
  void doctorHearsFromEveryExecutor() {
    Outcome outcome =
        withSpark(
                cluster.settings(),
                "doctor",
                "--conf",
                conf,
                "--run",
                run,
                "--master",
                cluster.master())
            .succeeded();
    List<String> lines = outcome.out().lines().toList();
    assertThat(lines.get(2)).startsWith("0 ").contains("oneDNN", "1x1x4", "  set  ");
    assertThat(lines.get(3)).startsWith("1 ").contains("oneDNN", "1x1x4", "  set  ");
    assertThat(outcome.out())
        .contains("warning: tweedie.train.workers is 3, and 2 tasks can run at once")
        .doesNotContain("error: ");
    assertThat(run).doesNotExist();
  }

  @Test
  void aClusterThatGivesNoExecutorIsLeftAfterAWhile() {
    Map<String, String> settings = new HashMap<>(cluster.settings());
    settings.put("spark.executor.memory", "100g");
    settings.put("spark.tweedie.executorTimeout", "5s");
    Outcome outcome =
        withSpark(settings, "train", "--conf", conf, "--run", run, "--master", cluster.master());
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err())
        .startsWith(
            "tweedie train failed: No executor came within 5 s of asking spark://127.0.0.1:")
        .contains("spark.executor.memory")
        .hasLineCount(1);
    assertThat(run).doesNotExist();
  }

  @Test
  @Tag("long") // Spark asks three times, for 20 s each
  void aClusterThatIsNotThereIsNamed() {
    Outcome outcome =
        tweedie("train", "--conf", conf, "--run", run, "--master", "spark://127.0.0.1:1");
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err())
        .startsWith("tweedie train failed: No Spark cluster answers at spark://127.0.0.1:1: ")
        .hasLineCount(1);
  }

  @Test
  void samplesOfTwoExecutorsAreThoseOfOneProcess() throws Exception {
    Trees.copy(whole, run);
    for (String method : List.of("heun", "walk-jump")) {
      Object[] sample = {
        "sample",
        "--run",
        run,
        "--count",
        6,
        "--method",
        method,
        "-D",
        "tweedie.sample.batch-size=2",
        "-D",
        "tweedie.sample.walk-jump.s=1",
        "-D",
        "tweedie.sample.walk-jump.chains=6",
        "--name",
      };
      tweedie(with(sample, "here")).succeeded();
      withSpark(cluster.settings(), with(sample, "there", "--master", cluster.master()))
          .succeeded();

      Path here = run.resolve("samples/here");
      Path there = run.resolve("samples/there");
      assertThat(Trees.names(there)).isEqualTo(Trees.names(here)).hasSizeGreaterThan(5);
      // not the bytes of the files: Parquet lists encodings in another order in every process
      assertThat(Images.pixels(there)).isDeepEqualTo(Images.pixels(here)).hasNumberOfRows(6);
      assertThat(diagnostics(there)).isEqualTo(diagnostics(here)).hasSizeGreaterThan(15);
      Trees.delete(run.resolve("samples"));
    }
  }

  /** All lines but those that depend on the clock. */
  private static List<String> diagnostics(Path samples) throws IOException {
    return Files.readAllLines(samples.resolve("diagnostics.json")).stream()
        .filter(line -> !line.contains("second"))
        .toList();
  }
}
