package tweedie.driver.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What driver and slots reported, a line each, in columns. */
final class SlotTable {

  private static final long MEGABYTE = 1 << 20;

  private static final List<String> HEADER =
      List.of(
          ("slot|executor|host|java|engine|differs|images/s|cpu|gpu|cores|threads|heap MB|arrays MB|memory MB"
                  + "|malloc|shard|clock s")
              .split("\\|"));

  private SlotTable() {}

  static String of(ClusterReport checkup) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADER);
    rows.add(row(checkup, checkup.driver()));
    checkup.slots().forEach(slot -> rows.add(row(checkup, slot)));
    String format =
        IntStream.range(0, HEADER.size())
            .map(i -> rows.stream().mapToInt(row -> row.get(i).length()).max().orElseThrow())
            .mapToObj(width -> "%-" + width + "s")
            .collect(Collectors.joining("  "));
    return rows.stream()
        .map(row -> format.formatted(row.toArray()).stripTrailing())
        .collect(Collectors.joining(System.lineSeparator()));
  }

  private static List<String> row(ClusterReport checkup, SlotReport slot) {
    return List.of(
        slot.slot() == SlotReport.DRIVER ? "-" : Integer.toString(slot.slot()),
        slot.executor(),
        slot.host(),
        slot.java(),
        slot.trial().engine(),
        slot.trial().isCompared() ? "%.0e".formatted(slot.trial().difference()) : "-",
        slot.trial().isTried() ? "%.0f".formatted(slot.trial().imagesPerSecond()) : "-",
        slot.features().isEmpty() ? "?" : slot.features(),
        gpu(slot),
        Integer.toString(slot.cores()),
        Integer.toString(checkup.threads(slot)),
        Long.toString(slot.heap() / MEGABYTE),
        Long.toString(slot.offHeap() / MEGABYTE),
        Long.toString(slot.memory() / MEGABYTE),
        slot.notSet().isEmpty() ? "set" : "not set",
        slot.shape().isEmpty() ? "-" : slot.shape(),
        slot.slot() == SlotReport.DRIVER ? "-" : Long.toString(checkup.skewMillis(slot) / 1000));
  }

  private static String gpu(SlotReport slot) {
    if (slot.gpus().isEmpty() && slot.gpu().isEmpty()) {
      return "-";
    }
    String address = slot.gpus().isEmpty() ? "0" : String.join(",", slot.gpus());
    return slot.gpu().isEmpty()
        ? address
        : address + ": " + slot.gpu().substring(slot.gpu().indexOf(' ') + 1);
  }
}
