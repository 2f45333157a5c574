package tweedie.device;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What glibc's allocator needs to be told before a JVM starts. By itself it gives big blocks back
 * to the kernel at once, and the page faults of ND4J's next arrays take half the time.
 */
public final class Allocator {

  private static final Map<String, String> VARIABLES = new LinkedHashMap<>();

  static {
    VARIABLES.put("MALLOC_MMAP_THRESHOLD_", "8589934592");
    VARIABLES.put("MALLOC_TRIM_THRESHOLD_", "17179869184");
    VARIABLES.put("MALLOC_TOP_PAD_", "268435456");
  }

  private Allocator() {}

  /** The variables of the environment, and their values. */
  public static Map<String, String> environment() {
    return Map.copyOf(VARIABLES);
  }

  /** Those that this process was started without, in order. */
  public static List<String> missing() {
    return VARIABLES.keySet().stream().filter(name -> System.getenv(name) == null).toList();
  }
}
