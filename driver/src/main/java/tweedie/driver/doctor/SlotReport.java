package tweedie.driver.doctor;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tweedie.network.EngineTrial;

/**
 * What one slot for a task says about itself.
 *
 * @param slot its number, or {@link #DRIVER}
 * @param executor the id that Spark gave its process
 * @param features the flags of the CPU that decide its speed
 * @param cores that the JVM sees
 * @param trial what its engine makes of a network; {@link EngineTrial#NONE} where it was not tried
 * @param gpus addresses that Spark assigned
 * @param gpu the assigned GPU as {@code uuid name capability, memory, driver}, empty where there is
 *     none
 * @param heap most bytes of the JVM's heap
 * @param offHeap most bytes that ND4J's arrays take outside of it
 * @param memory bytes of the machine, or of the container
 * @param threads of native operations where no setting says otherwise
 * @param notSet variables of the allocator that the process was started without
 * @param shape shape of the first image of a shard; empty where none was read
 * @param clock its time, milliseconds since 1970
 * @param refusals why it cannot train, in sentences
 */
record SlotReport(
    int slot,
    String executor,
    String host,
    long process,
    String java,
    String tweedie,
    String cpu,
    String features,
    int cores,
    EngineTrial trial,
    List<String> gpus,
    String gpu,
    long heap,
    long offHeap,
    long memory,
    int threads,
    List<String> notSet,
    String shape,
    long clock,
    List<String> refusals)
    implements Serializable {

  /** In place of a number of a slot. */
  static final int DRIVER = -1;

  /** Who said it: "node-1 (slots 0, 1), node-2 (slot 2)". */
  static String names(List<SlotReport> slots) {
    Map<String, List<SlotReport>> byHost =
        slots.stream()
            .collect(
                Collectors.groupingBy(SlotReport::host, LinkedHashMap::new, Collectors.toList()));
    return byHost.entrySet().stream()
        .map(host -> "%s (%s)".formatted(host.getKey(), numbers(host.getValue())))
        .collect(Collectors.joining(", "));
  }

  private static String numbers(List<SlotReport> slots) {
    if (slots.stream().allMatch(slot -> slot.slot() == SlotReport.DRIVER)) {
      return "driver";
    }
    return slots.stream()
        .map(slot -> slot.slot() == SlotReport.DRIVER ? "driver" : Integer.toString(slot.slot()))
        .collect(Collectors.joining(", ", "slot ", ""));
  }
}
