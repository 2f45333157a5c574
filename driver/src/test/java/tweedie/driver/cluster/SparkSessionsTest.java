package tweedie.driver.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.RDDBlockId;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.LocalSpark;
import tweedie.data.DataException;
import tweedie.device.Allocator;

class SparkSessionsTest {

  @AfterEach
  void clear() {
    System.clearProperty("spark.master");
    System.clearProperty("spark.task.cpus");
    System.clearProperty("tweedie.lib");
    System.clearProperty("spark.ui.enabled");
  }

  @Test
  void localModeIsQuietAndQuickToReport() {
    SparkConf conf = new SparkSessions("local[2]", "tweedie demo").conf();

    assertThat(conf.get("spark.master")).isEqualTo("local[2]");
    assertThat(conf.get("spark.app.name")).isEqualTo("tweedie demo");
    assertThat(conf.get("spark.ui.enabled")).isEqualTo("false");
    assertThat(conf.get("spark.executor.heartbeatInterval")).isEqualTo("5s");
  }

  /** What is larger with its header than half a region is given whole ones by G1. */
  @Test
  void whatIsKeptFitsIntoRegionsOfTheHeap() {
    String key = "spark.storage.unrollMemoryThreshold";
    String threshold = new SparkSessions("local[2]", "tweedie import").conf().get(key);
    JavaSparkContext spark = LocalSpark.of("local[2]").with(key, threshold).context();
    JavaRDD<byte[]> kept =
        spark
            .parallelize(List.of(1, 2, 3, 4, 5), 1)
            .map(i -> new byte[1_000_000])
            .persist(StorageLevel.MEMORY_ONLY_SER());
    assertThat(kept.count()).isEqualTo(5);
    ByteBuffer[] chunks =
        SparkEnv.get()
            .blockManager()
            .memoryStore()
            .getBytes(new RDDBlockId(kept.id(), 0))
            .get()
            .getChunks();
    kept.unpersist(true);

    int header = 16;
    assertThat(chunks).hasSize(5);
    assertThat(chunks).allMatch(chunk -> chunk.array().length + header <= 1 << 20);
  }

  @Test
  void whatSparkSubmitHasSetWins() {
    System.setProperty("spark.master", "spark://host:7077");
    System.setProperty("spark.ui.enabled", "true");

    SparkConf conf = new SparkSessions("local[2]", "tweedie demo").conf();

    assertThat(conf.get("spark.master")).isEqualTo("spark://host:7077");
    assertThat(conf.get("spark.ui.enabled")).isEqualTo("true");
    assertThat(conf.contains("spark.executor.heartbeatInterval")).isFalse();
  }

  @Test
  void executorsAreStartedAsTheLauncherStartsItsOwnProcess() throws IOException {
    System.setProperty("spark.task.cpus", "2");
    SparkConf conf = new SparkSessions("spark://host:7077", "tweedie train").conf();

    String launcher = Files.readString(Path.of("bin/tweedie"));
    assertThat(Allocator.environment()).hasSize(3);
    Allocator.environment()
        .forEach(
            (name, value) -> {
              assertThat(conf.get("spark.executorEnv." + name)).isEqualTo(value);
              assertThat(launcher).contains("export %s=${%s:-%s}".formatted(name, name, value));
            });
    assertThat(conf.get("spark.executorEnv.OMP_NUM_THREADS")).isEqualTo("2");
    assertThat(conf.get("spark.executorEnv.LC_ALL")).isEqualTo("C.UTF-8");
    assertThat(conf.contains("spark.jars")).isFalse();
  }

  @Test
  void sparkDoesNotEndTheDriverForPodsThatEnd() {
    SparkConf conf = new SparkSessions("k8s://https://host", "tweedie train").conf();

    assertThat(conf.get("spark.executor.maxNumFailures")).isEqualTo("200");
  }

  @Test
  void executorsGetTheJarsOfTheLauncher(@TempDir Path lib) throws IOException {
    Path library = Files.createFile(lib.resolve("a.jar"));
    System.setProperty("tweedie.lib", lib.toString());

    assertThat(new SparkSessions("spark://host:7077", "tweedie train").conf().get("spark.jars"))
        .endsWith("," + library);
    assertThat(new SparkSessions("local[2]", "tweedie train").conf().contains("spark.jars"))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "local[0]",
        "local[x]",
        "local[]",
        "local[-1]",
        "local[2147483647]",
        "local[2,x]",
        "local:2",
        "localhost",
        "spark://",
        "spark://host",
        "spark://:7077",
        "spark://host:x",
        "spark:host:7077",
        "spark://a:1,b",
        "k8s://",
        "k8s:https://host"
      })
  void aMasterThatIsNoneIsWrongInput(String master) {
    assertThatThrownBy(() -> SparkSessions.checkMaster(master))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(
            "--master " + master + " is no URL that this Spark knows: give local[*]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "local",
        "local[*]",
        "local[2]",
        "local[*, 3]",
        "local-cluster[2,1,1024]",
        "spark://host:7077",
        "spark://a.b:1,[::1]:2",
        "k8s://https://host:6443",
        "k8s://host",
        "yarn"
      })
  void mastersOfTheKindsThatSparkKnowsAreLeftToIt(String master) {
    assertThatCode(() -> SparkSessions.checkMaster(master)).doesNotThrowAnyException();
  }
}
