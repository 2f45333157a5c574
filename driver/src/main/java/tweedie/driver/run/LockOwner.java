package tweedie.driver.run;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.data.ProcessId;

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

  /** The heartbeat of a file is a time, too. */
  LockOwner {
    lastBeat(heartbeat);
  }

  /** When the process last showed that it lives, by its clock. */
  Instant lastBeat() {
    return lastBeat(heartbeat);
  }

  private static Instant lastBeat(String heartbeat) {
    try {
      return Instant.parse(heartbeat);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("heartbeat is no time: " + heartbeat, e);
    }
  }

  /** This process, as the owner of a new lock. */
  static LockOwner thisProcess() {
    String now = now();
    return new LockOwner(
        UUID.randomUUID().toString(),
        HostName.ofThisMachine(),
        ProcessId.OWN.pid(),
        ProcessId.OWN.space(),
        ProcessId.OWN.started(),
        now,
        now);
  }

  /** The same owner, alive now. */
  LockOwner alive() {
    return new LockOwner(token, host, pid, processes, started, since, now());
  }

  /** Whether the process is known to be gone. */
  boolean isGone() {
    return new ProcessId(processes, pid, started).isGone();
  }

  String toJson() {
    return Json.SNAKE_LINE.text(this);
  }

  /** What {@link #toJson} wrote; empty for a file that holds something else. */
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
}
