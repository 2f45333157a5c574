package tweedie.driver.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import tweedie.driver.doctor.ClusterReport.Asked;
import tweedie.network.EngineTrial;

/** From what slots report to what is wrong. */
class ClusterReportTest {

  private static final long MEGABYTE = 1 << 20;
  private static final long BEGAN = 1_000_000;
  private static final Asked TWO_WORKERS =
      new Asked(2, 0, "28x28x1", 10 * MEGABYTE, 1024 * MEGABYTE, 0, false, false);
  private static final SlotReport DRIVER = Slot.healthy(SlotReport.DRIVER).report();

  /** A report with one thing changed. */
  private record Slot(
      int number,
      String executor,
      String host,
      String tweedie,
      String features,
      List<String> gpus,
      String gpu,
      long offHeap,
      long memory,
      int threads,
      List<String> notSet,
      String shape,
      long clock,
      List<String> refusals) {

    static Slot healthy(int number) {
      return new Slot(
          number,
          Integer.toString(number),
          "node-" + number,
          "1.0",
          "avx2",
          List.of(),
          "",
          1024 * MEGABYTE,
          8192 * MEGABYTE,
          1,
          List.of(),
          "28x28x1",
          BEGAN + 10,
          List.of());
    }

    SlotReport report() {
      return new SlotReport(
          number,
          executor,
          host,
          100 + number,
          "17.0.15",
          tweedie,
          "a CPU",
          features,
          2,
          EngineTrial.NONE,
          gpus,
          gpu,
          1024 * MEGABYTE,
          offHeap,
          memory,
          threads,
          notSet,
          shape,
          clock,
          refusals);
    }
  }

  private static Slot with(Slot slot, String gpu, String host, List<String> refusals) {
    return new Slot(
        slot.number,
        slot.executor,
        host,
        slot.tweedie,
        slot.features,
        gpu.isEmpty() ? List.of() : List.of("0"),
        gpu,
        slot.offHeap,
        slot.memory,
        slot.threads,
        slot.notSet,
        slot.shape,
        slot.clock,
        refusals);
  }

  private static List<String> findings(Asked asked, Slot... slots) {
    return new ClusterReport(
            asked, DRIVER, List.of(slots).stream().map(Slot::report).toList(), BEGAN, BEGAN + 100)
        .findings().stream().map(Finding::toString).toList();
  }

  @Test
  void nothingIsWrongWithAHealthyCluster() {
    assertThat(findings(TWO_WORKERS, Slot.healthy(0), Slot.healthy(1))).isEmpty();
  }

  @Test
  void whatASlotRefusesIsSaidOnceWithAllWhoDo() {
    List<String> why = List.of("GPU 0, H100, has compute capability 9.0");
    assertThat(
            findings(
                TWO_WORKERS,
                with(Slot.healthy(0), "", "a", why),
                with(Slot.healthy(1), "", "a", why)))
        .containsExactly("error: a (slot 0, 1): GPU 0, H100, has compute capability 9.0");
  }

  @Test
  void twoTasksOnOneGpuAreNamed() {
    assertThat(
            findings(
                TWO_WORKERS,
                with(Slot.healthy(0), "GPU-aa A100 8.0", "a", List.of()),
                with(Slot.healthy(1), "GPU-aa A100 8.0", "b", List.of())))
        .singleElement()
        .asString()
        .startsWith("error: a (slot 0), b (slot 1) have one GPU, GPU-aa A100 8.0: ")
        .contains("spark.task.resource.gpu.amount = 1");
    assertThat(
            findings(
                TWO_WORKERS,
                with(Slot.healthy(0), "GPU-aa A100 8.0", "a", List.of()),
                with(Slot.healthy(1), "GPU-bb A100 8.0", "a", List.of())))
        .isEmpty();
  }

  @Test
  void moreResultsThanTheDriverTakesFailARound() {
    Asked asked = new Asked(2, 0, "28x28x1", 3000 * MEGABYTE, 1024 * MEGABYTE, 0, false, false);
    assertThat(findings(asked, Slot.healthy(0), Slot.healthy(1)))
        .containsExactly(
            "error: spark.driver.maxResultSize is 1024 MB, and a round returns about 3000 MB to the"
                + " driver: set it to 6001m, or to 0 for no limit");
    Asked unlimited = new Asked(2, 0, "28x28x1", 3000 * MEGABYTE, 0, 0, false, false);
    assertThat(findings(unlimited, Slot.healthy(0), Slot.healthy(1))).isEmpty();
  }

  @Test
  void anOverheadThatNd4jsArraysDoNotFitIsNamed() {
    Asked asked = new Asked(2, 0, "28x28x1", 0, 1024 * MEGABYTE, 384 * MEGABYTE, false, false);
    assertThat(findings(asked, Slot.healthy(0), Slot.healthy(1)))
        .containsExactly(
            "warning: spark.executor.memoryOverhead is 384 MB, and ND4J's arrays may take 1024 MB"
                + " (-Dorg.bytedeco.javacpp.maxbytes in spark.executor.extraJavaOptions): the"
                + " container would be killed; set the overhead to 1228m");
  }

  @Test
  void theOverheadIsSparksUnlessItIsSet() {
    SparkConf conf = new SparkConf(false).set("spark.executor.memory", "8g");
    assertThat(Doctor.overhead(conf, "k8s://https://a")).isEqualTo(819 * MEGABYTE);
    assertThat(Doctor.overhead(conf, "spark://a:7077")).isZero();
    conf.set("spark.executor.memoryOverheadFactor", "0.4");
    assertThat(Doctor.overhead(conf, "yarn")).isEqualTo(3276 * MEGABYTE);
    conf.set("spark.executor.memoryOverhead", "5g");
    assertThat(Doctor.overhead(conf, "yarn")).isEqualTo(5120 * MEGABYTE);
    assertThat(Doctor.overhead(new SparkConf(false), "yarn")).isEqualTo(384 * MEGABYTE);
  }

  @Test
  void processesThatMayTakeMoreThanTheMachineHasAreNamed() {
    Slot healthy = Slot.healthy(0);
    Slot small =
        new Slot(
            0,
            "0",
            "a",
            "1.0",
            "avx2",
            List.of(),
            "",
            1024 * MEGABYTE,
            1500 * MEGABYTE,
            1,
            List.of(),
            "28x28x1",
            healthy.clock,
            List.of());
    assertThat(findings(TWO_WORKERS, small, Slot.healthy(1)))
        .singleElement()
        .asString()
        .startsWith(
            "warning: a: heap and ND4J's arrays may take 2048 MB together, and the machine or"
                + " container has 1500 MB: lower spark.executor.memory, or ");
  }

  @Test
  void otherShapesAndVersionsAreErrors() {
    Slot old =
        new Slot(
            1,
            "1",
            "b",
            "0.9",
            "avx2",
            List.of(),
            "",
            1024 * MEGABYTE,
            8192 * MEGABYTE,
            1,
            List.of(),
            "32x32x3",
            BEGAN,
            List.of());
    assertThat(findings(TWO_WORKERS, Slot.healthy(0), old))
        .containsExactly(
            "error: b (slot 1): a shard holds images of 32x32x3, the model is of 28x28x1:"
                + " tweedie.data.path names another data set than the run's",
            "error: b (slot 1): Tweedie 0.9, the driver is 1.0: give all of them the same jar or"
                + " image");
  }

  @Test
  void workersAndSlotsAreCompared() {
    Asked four = new Asked(4, 0, "28x28x1", 0, 1024 * MEGABYTE, 0, false, false);
    assertThat(findings(four, Slot.healthy(0), Slot.healthy(1), Slot.healthy(2)))
        .singleElement()
        .asString()
        .startsWith(
            "warning: tweedie.train.workers is 4, and 3 tasks can run at once: a round takes 2"
                + " turns");
    Asked one = new Asked(1, 0, "28x28x1", 0, 1024 * MEGABYTE, 0, true, false);
    assertThat(findings(one, Slot.healthy(0), Slot.healthy(1)))
        .hasSize(2)
        .anySatisfy(line -> assertThat(line).endsWith("the others stand idle in training"))
        .anySatisfy(line -> assertThat(line).contains("spark.dynamicAllocation.enabled is true"));
  }

  @Test
  void threadsAllocatorsCpusAndClocksAreWarnedOf() {
    Slot slow =
        new Slot(
            1,
            "1",
            "b",
            "1.0",
            "avx2 avx512f",
            List.of(),
            "",
            1024 * MEGABYTE,
            8192 * MEGABYTE,
            3,
            List.of("MALLOC_TOP_PAD_"),
            "28x28x1",
            BEGAN + 100 + 90_000,
            List.of());
    assertThat(findings(TWO_WORKERS, Slot.healthy(0), slow))
        .containsExactly(
            "warning: b (slot 1): started without MALLOC_TOP_PAD_, which costs up to half the"
                + " speed; set spark.executorEnv.NAME, or the variables of the image",
            "warning: b (slot 1): tasks have 3 threads each, more together than their process has"
                + " cores (2), which is several times slower: set OMP_NUM_THREADS"
                + " (spark.executorEnv.OMP_NUM_THREADS) or tweedie.train.threads-per-worker to the"
                + " cores of a task",
            "warning: CPUs differ (avx2 | avx2 avx512f): a task that moves from one kind to another"
                + " may differ in the last bits of its sums",
            "warning: b: its clock is at least 90 s from the driver's; run a time service there"
                + " (chrony, NTP)");
  }

  @Test
  void aSettingOfThreadsStandsAboveTheEnvironment() {
    Asked asked = new Asked(2, 4, "28x28x1", 0, 1024 * MEGABYTE, 0, false, false);
    assertThat(findings(asked, Slot.healthy(0), Slot.healthy(1)))
        .singleElement()
        .asString()
        .contains("tasks have 4 threads each");
  }

  @Test
  void theTableHasALineForEachSlot() {
    ClusterReport checkup =
        new ClusterReport(
            TWO_WORKERS,
            DRIVER,
            List.of(
                Slot.healthy(0).report(),
                with(Slot.healthy(1), "GPU-aa A100 8.0", "b", List.of()).report()),
            BEGAN,
            BEGAN + 100);
    assertThat(checkup.table().lines())
        .hasSize(4)
        .element(0)
        .asString()
        .startsWith("slot  executor  host");
    assertThat(checkup.table().lines())
        .element(3)
        .asString()
        .startsWith("1     1         b")
        .contains("0: A100 8.0", "28x28x1", "set");
  }
}
