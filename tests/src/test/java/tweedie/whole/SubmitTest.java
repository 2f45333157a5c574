package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.cluster.StandaloneCluster;
import tweedie.cluster.StandaloneCluster.Layout;
import tweedie.cluster.StandaloneCluster.Submitted;

/**
 * spark-submit with the one jar that people are given, on a cluster whose Spark has no jar of ours:
 * a driver and two executors, each a process of its own, and HDFS.
 */
class SubmitTest {

  @TempDir static Path directory;
  private static Path jar;
  private static Path conf;
  private static MiniDFSCluster hdfs;
  private static StandaloneCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    jar = Artefacts.allJar();
    Layout spark = Layout.ofSpark(Artefacts.spark());
    Configuration hadoop = new Configuration();
    hadoop.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, directory.resolve("hdfs").toString());
    hdfs = new MiniDFSCluster.Builder(hadoop).numDataNodes(1).build();
    hdfs.waitActive();
    cluster = StandaloneCluster.start(Files.createDirectory(directory.resolve("spark")), 2, spark);
    conf =
        Files.writeString(
            directory.resolve("digits.conf"),
            """
            tweedie {
              data.path = "%s"
              data.images-per-shard = 40
              model { channels = [4, 8], halvings = 1, blocks = 1 }
              train { epochs = 1, batch-size = 20, workers = 2, threads-per-worker = 1 }
              sample { batch-size = 20, levels = 3 }
              evaluate { projections = 16, classes = false }
            }
            """
                .formatted(hdfs("training")));
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
    if (hdfs != null) {
      hdfs.shutdown();
    }
  }

  private static String hdfs(String path) {
    return hdfs.getURI().resolve("/" + path).toString();
  }

  private static Submitted submit(String name, Object... arguments) throws Exception {
    Submitted submitted = cluster.submit(name, jar, "tweedie.driver.Tweedie", Map.of(), arguments);
    assertThat(submitted.status()).as(submitted.output()).isZero();
    return submitted;
  }

  private static Object[] digits(String output, int seed) {
    return new Object[] {
      "import",
      "--from",
      "digits",
      "--size",
      "8x8",
      "--limit",
      80,
      "--output",
      output,
      "--conf",
      conf,
      "-D",
      "tweedie.seed=" + seed
    };
  }

  @Test
  void aRunOnHdfsIsImportedTrainedSampledAndEvaluated() throws Exception {
    String run = hdfs("run");
    submit("import", digits(hdfs("training"), 1));
    submit("train", "train", "--conf", conf, "--run", run);
    assertThat(files(run + "/checkpoints/round-000001")).contains("manifest.json");
    submit("sample", "sample", "--run", run, "--count", 40, "--method", "heun");
    assertThat(files(run + "/samples/heun")).contains("grid.png").hasSizeGreaterThan(4);
    Commands.tweedie(digits(hdfs("fresh"), 2)).succeeded();
    Submitted measured =
        submit("evaluate", "evaluate", "--run", run, "--data", hdfs("fresh"), "--what", "samples");
    assertThat(files(run + "/evaluation")).anyMatch(name -> name.startsWith("samples-heun"));
    assertThat(measured.output()).doesNotContain("\tat tweedie");
    assertThat(executors()).as("executors that worked").hasSizeGreaterThanOrEqualTo(7);

    // the same on a local disk, without a cluster
    Path local = directory.resolve("local");
    Commands.tweedie("train", "--conf", conf, "--run", local).succeeded();
    Path copy = directory.resolve("copy");
    hdfs.getFileSystem()
        .copyToLocalFile(
            new org.apache.hadoop.fs.Path(run + "/checkpoints/round-000001"),
            new org.apache.hadoop.fs.Path(copy.toUri()));
    for (String file : List.of("parameters.npy", "moments.npy", "ema.npy")) {
      assertThat(copy.resolve(file)).hasSameBinaryContentAs(TinyRuns.newest(local).resolve(file));
    }
  }

  private static List<String> files(String path) throws IOException {
    return Arrays.stream(hdfs.getFileSystem().listStatus(new org.apache.hadoop.fs.Path(path)))
        .map(file -> file.getPath().getName())
        .toList();
  }

  /** The directories that workers made for executors. */
  private static List<Path> executors() throws IOException {
    List<Path> all = new ArrayList<>();
    for (String worker : List.of("work-0", "work-1")) {
      try (Stream<Path> tree = Files.walk(directory.resolve("spark").resolve(worker), 2)) {
        all.addAll(tree.filter(path -> path.getFileName().toString().matches("\\d+")).toList());
      }
    }
    return all;
  }
}
