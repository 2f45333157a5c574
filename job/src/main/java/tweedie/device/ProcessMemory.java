package tweedie.device;

import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import org.bytedeco.javacpp.Pointer;

/**
 * Memory of a process.
 *
 * @param bytes all of it that is resident
 * @param offHeapBytes the part that Java's heap does not account for: native arrays first of all,
 *     and what Java itself needs
 */
public record ProcessMemory(long bytes, long offHeapBytes) implements Serializable {

  /** Where nothing was measured. */
  public static final ProcessMemory NONE = new ProcessMemory(0, 0);

  /** That of this process, now. */
  public static ProcessMemory now() {
    long bytes = Pointer.physicalBytes();
    return new ProcessMemory(bytes, Math.max(0, bytes - heap()));
  }

  /** How much of the heap is resident: what was in use at its peak, as long as it is committed. */
  private static long heap() {
    long peak = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP) {
        peak += pool.getPeakUsage().getUsed();
      }
    }
    return Math.min(peak, Runtime.getRuntime().totalMemory());
  }
}
