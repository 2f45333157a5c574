package tweedie.driver.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

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
@JsonInclude(JsonInclude.Include.ALWAYS)
record LockOwner(
    String token,
    String host,
    long pid,
    String processes,
    long started,
    String since,
    String heartbeat) {

  private static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

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
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The owner of a lock is plain text", e);
    }
  }

  /** What {@link #toJson} wrote; empty for a file that is only half written. */
  static Optional<LockOwner> fromJson(byte[] json) throws IOException {
    try {
      return Optional.of(JSON.readValue(json, LockOwner.class));
    } catch (JsonProcessingException e) {
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
