package tweedie.driver.doctor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tweedie.driver.run.RunLock;

/**
 * What the slots of a cluster reported, and what was asked of it.
 *
 * @param asked what training asks
 * @param driver what the driver says about itself
 * @param slots what every slot says
 * @param began when the slots were asked, by the driver's clock in milliseconds since 1970
 * @param ended when the last of them had answered
 */
public record ClusterReport(
    Asked asked, SlotReport driver, List<SlotReport> slots, long began, long ended) {

  private static final long MEGABYTE = 1 << 20;

  /** Locks and what is measured bear less; see {@link RunLock.Times}. */
  private static final long CLOCK_MILLIS = 10_000;

  /**
   * What training asks.
   *
   * @param workers {@code tweedie.train.workers}
   * @param threads {@code tweedie.train.threads-per-worker}, or 0
   * @param shape shape of the data, or of the model of a run that goes on; empty where neither is
   *     known
   * @param roundBytes about what a round returns to the driver; 0 where it is not known
   * @param resultBytes {@code spark.driver.maxResultSize}; 0 for no limit
   * @param overhead {@code spark.executor.memoryOverhead} in bytes; 0 where nobody enforces it
   * @param dynamic {@code spark.dynamicAllocation.enabled}
   * @param local whether all tasks run in the driver's process
   */
  record Asked(
      int workers,
      int threads,
      String shape,
      long roundBytes,
      long resultBytes,
      long overhead,
      boolean dynamic,
      boolean local) {}

  /** All that is wrong, what training would fail of first. */
  List<Finding> findings() {
    return Stream.of(
            refusals(),
            sharedGpus(),
            shapes(),
            results(),
            versions(),
            slotsAndWorkers(),
            memory(),
            allocators(),
            threads(),
            processors(),
            clocks())
        .flatMap(List::stream)
        .sorted(Comparator.comparing(finding -> !finding.fatal()))
        .toList();
  }

  private List<Finding> refusals() {
    Map<String, List<SlotReport>> bySentence = new LinkedHashMap<>();
    List<SlotReport> all = new ArrayList<>(slots);
    all.add(0, driver);
    for (SlotReport slot : all) {
      for (String sentence : slot.refusals()) {
        bySentence.computeIfAbsent(sentence, none -> new ArrayList<>()).add(slot);
      }
    }
    return bySentence.entrySet().stream()
        .map(
            entry ->
                Finding.error(
                    "%s: %s".formatted(SlotReport.names(entry.getValue()), entry.getKey())))
        .toList();
  }

  private List<Finding> sharedGpus() {
    Map<String, List<SlotReport>> byGpu =
        slots.stream()
            .filter(slot -> !slot.gpus().isEmpty())
            .collect(
                Collectors.groupingBy(
                    slot ->
                        slot.gpu().isEmpty()
                            ? slot.gpus().get(0) + " of " + slot.host()
                            : slot.gpu(),
                    TreeMap::new,
                    Collectors.toList()));
    return byGpu.entrySet().stream()
        .filter(entry -> entry.getValue().size() > 1)
        .map(
            entry ->
                Finding.error(
                    "%s have one GPU, %s: set spark.task.resource.gpu.amount = 1, and let the script of spark.executor.resource.gpu.discoveryScript list for each executor its own GPUs"
                        .formatted(SlotReport.names(entry.getValue()), entry.getKey())))
        .toList();
  }

  private Map<String, List<SlotReport>> slotsBy(Function<SlotReport, String> key) {
    return slots.stream().collect(Collectors.groupingBy(key, TreeMap::new, Collectors.toList()));
  }

  private List<Finding> shapes() {
    List<SlotReport> other =
        slots.stream()
            .filter(
                slot ->
                    !asked.shape.isEmpty()
                        && !slot.shape().isEmpty()
                        && !slot.shape().equals(asked.shape))
            .toList();
    return other.isEmpty()
        ? List.of()
        : List.of(
            Finding.error(
                "%s: a shard holds images of %s, the model is of %s: tweedie.data.path names another data set than the run's"
                    .formatted(SlotReport.names(other), other.get(0).shape(), asked.shape)));
  }

  private List<Finding> results() {
    return asked.resultBytes == 0 || asked.roundBytes <= asked.resultBytes
        ? List.of()
        : List.of(
            Finding.error(
                "spark.driver.maxResultSize is %s, and a round returns about %s to the driver: set it to %dm, or to 0 for no limit"
                    .formatted(
                        size(asked.resultBytes),
                        size(asked.roundBytes),
                        2 * asked.roundBytes / MEGABYTE + 1)));
  }

  private static String size(long bytes) {
    return bytes < MEGABYTE ? bytes + " bytes" : bytes / MEGABYTE + " MB";
  }

  private List<Finding> versions() {
    List<SlotReport> other =
        slots.stream().filter(slot -> !slot.tweedie().equals(driver.tweedie())).toList();
    return other.isEmpty()
        ? List.of()
        : List.of(
            Finding.error(
                "%s: Tweedie %s, the driver is %s: give all of them the same jar or image"
                    .formatted(SlotReport.names(other), other.get(0).tweedie(), driver.tweedie())));
  }

  private List<Finding> slotsAndWorkers() {
    List<Finding> findings = new ArrayList<>();
    if (asked.workers > slots.size()) {
      findings.add(
          Finding.warning(
              "tweedie.train.workers is %d, and %d tasks can run at once: a round takes %d turns. More executors or spark.executor.cores make it shorter"
                  .formatted(
                      asked.workers,
                      slots.size(),
                      (asked.workers + slots.size() - 1) / slots.size())));
    } else if (asked.workers < slots.size() && !asked.local) {
      findings.add(
          Finding.warning(
              "tweedie.train.workers is %d, and %d tasks can run at once: the others stand idle in training"
                  .formatted(asked.workers, slots.size())));
    }
    if (asked.dynamic) {
      findings.add(
          Finding.warning(
              "spark.dynamicAllocation.enabled is true: executors that come and go between rounds"
                  + " cost a start each; set it to false for training"));
    }
    return findings;
  }

  private List<Finding> memory() {
    List<Finding> findings = new ArrayList<>();
    slotsBy(SlotReport::host)
        .forEach(
            (host, ofHost) -> {
              Map<Long, SlotReport> processes = new HashMap<>();
              ofHost.forEach(slot -> processes.putIfAbsent(slot.process(), slot));
              long wanted =
                  processes.values().stream().mapToLong(one -> one.heap() + one.offHeap()).sum();
              long there = ofHost.get(0).memory();
              if (wanted > there) {
                findings.add(
                    Finding.warning(
                        "%s: heap and ND4J's arrays may take %d MB together, and the machine or container has %d MB: lower spark.executor.memory, or -Dorg.bytedeco.javacpp.maxbytes in spark.executor.extraJavaOptions, which is the heap's size unless it is set"
                            .formatted(host, wanted / MEGABYTE, there / MEGABYTE)));
              }
            });
    long offHeap = slots.stream().mapToLong(SlotReport::offHeap).max().orElse(0);
    if (asked.overhead > 0 && asked.overhead < offHeap) {
      findings.add(
          Finding.warning(
              "spark.executor.memoryOverhead is %d MB, and ND4J's arrays may take %d MB (-Dorg.bytedeco.javacpp.maxbytes in spark.executor.extraJavaOptions): the container would be killed; set the overhead to %dm"
                  .formatted(
                      asked.overhead / MEGABYTE,
                      offHeap / MEGABYTE,
                      offHeap * 12 / 10 / MEGABYTE)));
    }
    return findings;
  }

  private List<Finding> allocators() {
    List<SlotReport> without = slots.stream().filter(slot -> !slot.notSet().isEmpty()).toList();
    return without.isEmpty()
        ? List.of()
        : List.of(
            Finding.warning(
                "%s: started without %s, which costs up to half the speed; set spark.executorEnv.NAME, or the variables of the image"
                    .formatted(
                        SlotReport.names(without), String.join(", ", without.get(0).notSet()))));
  }

  private List<Finding> threads() {
    List<SlotReport> crowded =
        slotsBy(SlotReport::executor).values().stream()
            .filter(ofOne -> ofOne.size() * threads(ofOne.get(0)) > ofOne.get(0).cores())
            .flatMap(List::stream)
            .toList();
    return crowded.isEmpty()
        ? List.of()
        : List.of(
            Finding.warning(
                "%s: tasks have %d threads each, more together than their process has cores (%d), which is several times slower: set OMP_NUM_THREADS (spark.executorEnv.OMP_NUM_THREADS) or tweedie.train.threads-per-worker to the cores of a task"
                    .formatted(
                        SlotReport.names(crowded),
                        threads(crowded.get(0)),
                        crowded.get(0).cores())));
  }

  /** How many threads a task has there. */
  int threads(SlotReport slot) {
    return asked.threads > 0 ? asked.threads : slot.threads();
  }

  private List<Finding> processors() {
    List<String> kinds = slots.stream().map(SlotReport::features).distinct().sorted().toList();
    return kinds.size() < 2
        ? List.of()
        : List.of(
            Finding.warning(
                "CPUs differ (%s): a task that moves from one kind to another may differ in the last bits of its sums"
                    .formatted(String.join(" | ", kinds))));
  }

  private List<Finding> clocks() {
    return slots.stream()
        .filter(slot -> skewMillis(slot) > CLOCK_MILLIS)
        .collect(Collectors.toMap(SlotReport::host, this::skewMillis, Math::max, TreeMap::new))
        .entrySet()
        .stream()
        .map(
            entry ->
                Finding.warning(
                    "%s: its clock is at least %d s from the driver's; run a time service there (chrony, NTP)"
                        .formatted(entry.getKey(), entry.getValue() / 1000)))
        .toList();
  }

  /** How far the clock of a slot is at least from the driver's. */
  long skewMillis(SlotReport slot) {
    return Math.max(0, Math.max(began - slot.clock(), slot.clock() - ended));
  }

  /** A line for the driver and one for each slot. */
  public String table() {
    return SlotTable.of(this);
  }
}
