package tweedie.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process, by which it is known later whether it is gone.
 *
 * @param space in which process numbers are unique, this boot of the machine and the container;
 *     empty where the system does not tell
 * @param pid number of the process in it
 * @param started when the process started, in ms since 1970; 0 where the system does not tell
 */
public record ProcessId(String space, long pid, long started) {

  private static final Pattern NAME = Pattern.compile("([0-9a-f]{1,8})-(\\d{1,18})-(\\d{1,18})");

  /** This process. */
  public static final ProcessId OWN =
      new ProcessId(ownSpace(), ProcessHandle.current().pid(), started(ProcessHandle.current()));

  /**
   * Whether the process is known to be gone: this machine and container had it and have it no more.
   */
  public boolean isGone() {
    if (space.isEmpty() || !space.equals(OWN.space)) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    return process.isEmpty()
        || started != 0 && started(process.get()) != 0 && started(process.get()) != started;
  }

  /** The process as part of a file name. */
  public String inName() {
    return "%x-%d-%d".formatted(space.hashCode(), pid, started);
  }

  /** Whether the process that {@link #inName} named is known to be gone. */
  public static boolean isGone(String name) {
    Matcher parts = NAME.matcher(name);
    return parts.matches()
        && parts.group(1).equals(Integer.toHexString(OWN.space.hashCode()))
        && new ProcessId(OWN.space, Long.parseLong(parts.group(2)), Long.parseLong(parts.group(3)))
            .isGone();
  }

  private static long started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /** Linux: the boot and the namespace of process numbers. */
  private static String ownSpace() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + " "
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }
}
