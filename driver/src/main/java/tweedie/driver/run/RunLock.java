package tweedie.driver.run;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.WholeFile;

/**
 * Keeps two processes from writing into one directory: a file {@code lock.json} that names its
 * owner and is written again while the owner lives. It goes when the lock is closed, and when the
 * process is asked to end (SIGTERM, SIGINT).
 *
 * <p>A dead owner's lock is taken over: at once where the owner ran on this machine and its process
 * is gone; otherwise after {@link Times#dead} without a heartbeat, if none comes while one is
 * waited for.
 *
 * <p>Local disks and HDFS create a file for one process only. Elsewhere (object stores) and in a
 * take-over two processes can write the file at nearly the same time; each then waits for {@link
 * Times#settle} and reads who is in it, and only that one goes on. Should they miss each other by
 * more, the loser finds the other's name before it writes anything, see {@link #whileOwned}.
 */
public final class RunLock implements AutoCloseable {

  /** Name of the file in the directory. */
  public static final String FILE = "lock.json";

  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);

  /** Before those of Spark (40, 50) and of Hadoop's file systems (10), which the release needs. */
  public static final int HOOK_PRIORITY = 100;

  /** For a checkpoint that is being written to be finished. */
  private static final int HOOK_SECONDS = 20;

  private final LockFile file;
  private final boolean madeDirectory;
  private final ScheduledExecutorService heartbeats =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "heartbeat of " + FILE);
            thread.setDaemon(true);
            return thread;
          });
  private final Runnable hook = this::releaseAtShutdown;
  private final Object writing = new Object();
  private LockOwner owner;
  private boolean closed;

  /**
   * How fast a lock is.
   *
   * @param heartbeat between two heartbeats
   * @param dead without a heartbeat for this long, an owner may be dead
   * @param settle after this long, two processes that wrote the file together read the same in it
   */
  public record Times(Duration heartbeat, Duration dead, Duration settle) {

    public static final Times USUAL =
        new Times(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(1));
  }

  /** Writes something into the directory. */
  @FunctionalInterface
  public interface Writer {
    void write() throws IOException;
  }

  private RunLock(LockFile file, LockOwner owner, boolean madeDirectory, Times times) {
    this.file = file;
    this.owner = owner;
    this.madeDirectory = madeDirectory;
    long period = times.heartbeat().toMillis();
    heartbeats.scheduleWithFixedDelay(this::beat, period, period, TimeUnit.MILLISECONDS);
    ShutdownHookManager.get().addShutdownHook(hook, HOOK_PRIORITY, HOOK_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Takes the lock of {@code directory}, which is made if it is not there, and swept of what a
   * process that was killed had begun to write aside.
   *
   * @throws RunInUseException if another process has it
   * @throws DataException if the directory cannot be written
   */
  public static RunLock of(FileSystem files, Path directory, Times times) {
    try {
      return taken(files, directory, times);
    } catch (IOException e) {
      throw new DataException(
          "The directory %s cannot be written: %s".formatted(directory, e.getMessage()), e);
    }
  }

  private static RunLock taken(FileSystem files, Path directory, Times times) throws IOException {
    boolean makes = !files.exists(directory);
    if (!files.mkdirs(directory)) { // as local files say that the disk is read-only
      throw new IOException("the directory cannot be made");
    }
    LockFile file = new LockFile(files, new Path(directory, FILE));
    LockOwner mine = LockOwner.thisProcess();
    if (!file.created(mine)) {
      Optional<LockOwner> dead = deadOwner(file, times);
      LOG.warn(
          "takes over {}: it was held by {}",
          directory,
          dead.map(LockOwner::toString).orElse("a process that died before it wrote its name"));
      file.overwrite(mine);
      settle(file, mine, times);
    } else if (!file.isExclusive()) {
      settle(file, mine, times);
    }
    WholeFile.sweepAbandoned(files, directory, "");
    return new RunLock(file, mine, makes, times);
  }

  /**
   * Lets {@code writer} write into the directory, if the lock is still this process's. A release at
   * the end of the process waits until it has.
   *
   * @throws RunInUseException if another process took the lock over, or it was released
   */
  public void whileOwned(Writer writer) throws IOException {
    synchronized (writing) {
      if (!renew()) {
        throw new RunInUseException(file.directory() + " was released: this process is ending.");
      }
      writer.write();
    }
  }

  /** Releases the lock; more than once does nothing. */
  @Override
  public void close() {
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(hook);
    }
    release();
  }

  private void release() {
    synchronized (writing) {
      heartbeats.shutdown();
      try {
        delete();
      } catch (IOException e) {
        LOG.warn("{} stays behind, and is taken over when it is old: {}", file, e.getMessage());
      }
    }
  }

  private synchronized void delete() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (held(file.read(), owner)) {
      file.files().delete(file.path(), false);
    }
    if (madeDirectory && file.files().listStatus(file.directory()).length == 0) {
      file.files().delete(file.directory(), false);
    }
  }

  private void releaseAtShutdown() {
    release();
    LOG.warn(
        "stopped by a signal; {} is free, and the same command goes on from what is in it",
        file.directory());
  }

  private void beat() {
    try {
      renew();
    } catch (RunInUseException e) {
      LOG.error("{}", e.getMessage());
      heartbeats.shutdown();
    } catch (IOException | RuntimeException | Error e) { // whatever it was, the next may succeed
      LOG.warn("no heartbeat into {}: {}", file, e.toString());
    }
  }

  /** Writes a heartbeat, if the file is still of this process; false after the release. */
  private synchronized boolean renew() throws IOException {
    if (closed) {
      return false;
    }
    Optional<LockOwner> there = file.read();
    if (there.isPresent() && !held(there, owner)) {
      throw new RunInUseException(
          "%s was taken over by %s, because this process gave no heartbeat for too long (was it suspended, or cut off from the file system?). It has written nothing since."
              .formatted(file.directory(), there.get()));
    }
    owner = owner.alive();
    file.overwrite(owner);
    return true;
  }

  /** Returns the owner, unreadable or not, once it is known to be dead. */
  private static Optional<LockOwner> deadOwner(LockFile file, Times times) throws IOException {
    Optional<LockOwner> there = file.read();
    if (there.isPresent() && there.get().isGone()) {
      return there;
    }
    Instant now = Instant.now();
    Instant written = Instant.ofEpochMilli(file.written());
    Instant last =
        there.map(LockOwner::lastBeat).filter(beat -> !beat.isAfter(now)).orElse(written);
    if (!last.isAfter(now) && Duration.between(last, now).compareTo(times.dead()) < 0) {
      throw inUse(file, there, times);
    }
    // clocks may differ, so an old heartbeat alone says little, and one that is yet to come
    // nothing:
    // nobody must write another one
    pause(last.isAfter(now) ? times.dead() : times.heartbeat().multipliedBy(3).dividedBy(2));
    Optional<LockOwner> later = file.read();
    if (!later.equals(there) || file.written() != written.toEpochMilli()) {
      throw inUse(file, later, times);
    }
    return later;
  }

  private static RunInUseException inUse(LockFile file, Optional<LockOwner> owner, Times times) {
    return new RunInUseException(
        "%s is in use by %s. Wait for it, or stop it. If it is dead, start again %d s after its last heartbeat; then its lock is taken over."
            .formatted(
                file.directory(),
                owner
                    .map(LockOwner::toString)
                    .orElse(
                        "a process that cannot be told: %s cannot be read".formatted(file.path())),
                times.dead().toSeconds()));
  }

  /** Lets a process that wrote the file at the same time be seen; the last one has it. */
  private static void settle(LockFile file, LockOwner mine, Times times) throws IOException {
    pause(times.settle());
    Optional<LockOwner> there = file.read();
    if (!held(there, mine)) {
      throw new RunInUseException(
          "%s was taken by %s at the same moment. Wait for it, or stop it."
              .formatted(
                  file.directory(), there.map(LockOwner::toString).orElse("another process")));
    }
  }

  private static boolean held(Optional<LockOwner> there, LockOwner by) {
    return there.map(LockOwner::token).filter(by.token()::equals).isPresent();
  }

  private static void pause(Duration time) throws InterruptedIOException {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for a lock");
    }
  }
}
