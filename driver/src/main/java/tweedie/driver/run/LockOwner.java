package tweedie.driver.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import tweedie.data.DataException;
import tweedie.data.Json;

/**
 * The process that holds a {@link RunLock}, as its file names it.
 *
 * @param token different for every lock that was ever taken
 * @param host name of the machine
 * @param pid number of the process on it
 * @param processes names the space in which process numbers are unique, this boot of the machine
 *     and the container; empty where the system does not tell
 * @param started when the process started, in ms since 1970; 0 where the system does not tell
 * @param since when the lock was taken, ISO 8601 in UTC
 * @param heartbeat when the process last showed that it lives, ISO 8601 in UTC
 */
record LockOwner(
    String token,
    String host,
    long pid,
    String processes,
    long started,
    String since,
    String heartbeat) {

  /** This process, as the owner of a new lock. */
  static LockOwner thisProcess() {
    String now = now();
    return new LockOwner(
        UUID.randomUUID().toString(),
        HostName.ofThisMachine(),
        ProcessHandle.current().pid(),
        processSpace(),
        started(ProcessHandle.current()),
        now,
        now);
  }

  /** The same owner, alive now. */
  LockOwner alive() {
    return new LockOwner(token, host, pid, processes, started, since, now());
  }

  /**
   * Whether the process is known to be gone: this machine and container had it and have it no more.
   */
  boolean isGone() {
    if (processes.isEmpty() || !processes.equals(processSpace())) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    return process.isEmpty()
        || started != 0 && started(process.get()) != 0 && started(process.get()) != started;
  }

  /** Time since the last heartbeat by this machine's clock. */
  Duration silence() {
    return Duration.between(Instant.parse(heartbeat), Instant.now());
  }

  String toJson() {
    return Json.SNAKE_LINE.text(this);
  }

  /** What {@link #toJson} wrote; empty for a file that is only half written. */
  static Optional<LockOwner> fromJson(String json) {
    try {
      return Optional.of(Json.SNAKE_LINE.read(json, LockOwner.class, RunLock.FILE));
    } catch (DataException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "process %d on %s since %s, last heartbeat %s".formatted(pid, host, since, heartbeat);
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static long started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /** Linux: the boot and the namespace of process numbers. */
  private static String processSpace() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + " "
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }
}
