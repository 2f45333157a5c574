package tweedie.driver.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.data.ResultFiles;

class RunLockTest {

  private static final RunLock.Times QUICK =
      new RunLock.Times(Duration.ofMillis(100), Duration.ofSeconds(60), Duration.ofMillis(300));

  @TempDir Path temporary;
  private Path run;
  private org.apache.hadoop.fs.Path directory;
  private FileSystem files;

  @BeforeEach
  void open() throws IOException {
    run = temporary.resolve("run");
    use("file");
  }

  /** As "store", a file system that is not known to give a file to one creator only. */
  private void use(String scheme) throws IOException {
    Configuration conf = new Configuration();
    conf.setClass("fs.store.impl", Store.class, FileSystem.class);
    conf.setBoolean("fs.store.impl.disable.cache", true);
    directory = new org.apache.hadoop.fs.Path(scheme + ":" + run);
    files = ResultFiles.of(directory, conf);
  }

  /** The local file system by another name. */
  public static final class Store extends RawLocalFileSystem {
    @Override
    public java.net.URI getUri() {
      return java.net.URI.create("store:///");
    }

    @Override
    public String getScheme() {
      return "store";
    }
  }

  private RunLock lock() throws IOException {
    return RunLock.of(files, directory, QUICK);
  }

  private Path file() {
    return run.resolve(RunLock.FILE);
  }

  private LockOwner owner() throws IOException {
    Optional<LockOwner> owner = Optional.empty();
    while (owner.isEmpty()) { // a heartbeat is being written
      owner = LockOwner.fromJson(Files.readString(file()));
    }
    return owner.get();
  }

  private void heldBy(LockOwner owner) throws IOException {
    Files.createDirectories(run);
    Files.writeString(file(), owner.toJson());
  }

  private static LockOwner elsewhere(Duration silence) {
    Instant heartbeat = Instant.now().minus(silence);
    return new LockOwner(
        "a-b-c",
        "node-7",
        123,
        "",
        0,
        heartbeat.minusSeconds(900).toString(),
        heartbeat.toString());
  }

  private void assertHolds(RunLock lock) throws IOException {
    lock.whileOwned(() -> Files.writeString(run.resolve("written"), "mine"));
    assertThat(run.resolve("written")).hasContent("mine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "store"})
  void theSecondIsToldWhoTheFirstIs(String scheme) throws IOException {
    use(scheme);
    try (RunLock first = lock()) {
      assertThatThrownBy(this::lock)
          .isInstanceOf(RunInUseException.class)
          .hasMessageStartingWith(scheme + ":" + run)
          .hasMessageContaining(" is in use by process " + ProcessHandle.current().pid() + " on ")
          .hasMessageContaining(" since " + owner().since())
          .hasMessageContaining("last heartbeat ")
          .hasMessageContaining("Wait for it, or stop it. If it is dead, start again 60 s after");
      assertHolds(first);
    }
    assertThat(run.toFile().list()).containsExactly("written");
    lock().close();
  }

  @Test
  void aDirectoryThatWasMadeForTheLockGoesWithIt() throws IOException {
    lock().close();
    assertThat(run).doesNotExist();
    Files.createDirectory(run);
    lock().close();
    assertThat(run).isEmptyDirectory();
  }

  @Test
  @SuppressWarnings("try") // the lock works by being held
  void theOwnerShowsThatItLives() throws Exception {
    try (RunLock lock = lock()) {
      LockOwner first = owner();
      Instant patience = Instant.now().plusSeconds(20);
      while (owner().heartbeat().equals(first.heartbeat()) && Instant.now().isBefore(patience)) {
        Thread.onSpinWait();
      }
      assertThat(owner().heartbeat()).isGreaterThan(first.heartbeat());
      assertThat(owner().token()).isEqualTo(first.token());
      assertThat(owner().since()).isEqualTo(first.since());
    }
  }

  @Test
  void theLockOfADeadProcessOfThisMachineIsTakenOverAtOnce() throws Exception {
    Process process = new ProcessBuilder("true").start();
    long pid = process.pid();
    process.waitFor();
    LockOwner me = LockOwner.thisProcess();
    heldBy(
        new LockOwner(
            "a-b-c", me.host(), pid, me.processes(), 0, me.since(), me.alive().heartbeat()));
    try (RunLock lock = lock()) {
      assertHolds(lock);
    }
  }

  @Test
  void aNewProcessOfTheSameNumberIsNotTheOwner() throws IOException {
    LockOwner me = LockOwner.thisProcess();
    heldBy(
        new LockOwner(
            "a-b-c",
            me.host(),
            me.pid(),
            me.processes(),
            me.started() - 60_000,
            me.since(),
            me.heartbeat()));
    try (RunLock lock = lock()) {
      assertHolds(lock);
    }
  }

  @Test
  void aProcessNumberOfAnotherMachineSaysNothing() throws IOException {
    heldBy(elsewhere(Duration.ofSeconds(59)));
    assertThatThrownBy(this::lock)
        .isInstanceOf(RunInUseException.class)
        .hasMessageContaining("process 123 on node-7 since ");
    assertThat(owner()).extracting(LockOwner::token).isEqualTo("a-b-c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "store"})
  void anOwnerThatIsSilentForTooLongIsDead(String scheme) throws IOException {
    use(scheme);
    heldBy(elsewhere(Duration.ofSeconds(61)));
    try (RunLock lock = lock()) {
      assertHolds(lock);
    }
  }

  @Test
  void anOwnerWhoseClockIsBehindIsHeardAll() throws Exception {
    heldBy(elsewhere(Duration.ofHours(1)));
    Thread beating =
        new Thread(
            () -> {
              while (!Thread.interrupted()) {
                try {
                  heldBy(elsewhere(Duration.ofHours(1)));
                } catch (IOException e) {
                  return;
                }
              }
            });
    beating.start();
    try {
      assertThatThrownBy(this::lock)
          .isInstanceOf(RunInUseException.class)
          .hasMessageContaining("in use by ");
    } finally {
      beating.interrupt();
      beating.join();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"token\":\"a-b",
        "null",
        "{}",
        "[]",
        "3",
        "{\"token\":\"a\",\"heartbeat\":\"now\"}"
      })
  void aLockThatCannotBeReadIsTakenOverWhenItIsOld(String torn) throws IOException {
    Files.createDirectories(run);
    Files.writeString(file(), torn);
    assertThatThrownBy(this::lock)
        .isInstanceOf(RunInUseException.class)
        .hasMessageContaining(" is in use by a process that cannot be told: ")
        .hasMessageContaining("lock.json cannot be read. Wait for it, or stop it. If it is dead,");
    Files.setLastModifiedTime(file(), FileTime.from(Instant.now().minusSeconds(61)));
    try (RunLock lock = lock()) {
      assertHolds(lock);
    }
  }

  @Test
  void aHeartbeatThatIsYetToComeSaysNothing() throws IOException {
    heldBy(elsewhere(Duration.ofDays(-900)));
    assertThatThrownBy(this::lock).isInstanceOf(RunInUseException.class);
    Files.setLastModifiedTime(file(), FileTime.from(Instant.now().minusSeconds(61)));
    try (RunLock lock = lock()) {
      assertHolds(lock);
    }
  }

  /** Local files on a disk that can be full. */
  private static final class Disk extends LocalFileSystem {
    private volatile boolean full;
    private volatile int refused;

    Disk() throws IOException {
      initialize(java.net.URI.create("file:///"), new Configuration());
      setWriteChecksum(false);
    }

    @Override
    public FSDataOutputStream create(
        org.apache.hadoop.fs.Path path,
        FsPermission permission,
        boolean overwrite,
        int buffer,
        short replication,
        long block,
        Progressable progress)
        throws IOException {
      if (full) {
        refused++;
        return new FSDataOutputStream(new FileOutputStream("/dev/full"), null);
      }
      return super.create(path, permission, overwrite, buffer, replication, block, progress);
    }
  }

  @Test
  @SuppressWarnings("try") // the lock works by being held
  void aFullDiskStopsNoHeartbeatAndLeavesTheLockAsItWas() throws Exception {
    Disk disk = new Disk();
    try (RunLock lock = RunLock.of(disk, directory, QUICK)) {
      disk.full = true;
      Instant patience = Instant.now().plusSeconds(20);
      while (disk.refused < 2 && Instant.now().isBefore(patience)) {
        assertThat(LockOwner.fromJson(Files.readString(file()))).isPresent();
      }
      assertThat(disk.refused).isGreaterThanOrEqualTo(2);
      String before = owner().heartbeat();
      disk.full = false;
      while (owner().heartbeat().equals(before) && Instant.now().isBefore(patience)) {
        Thread.onSpinWait();
      }
      assertThat(owner().heartbeat()).isGreaterThan(before);
    }
    assertThat(run).doesNotExist();
  }

  @Test
  void anOwnerThatLostTheLockWritesNothingAndLeavesItToTheOther() throws IOException {
    RunLock lock = lock();
    heldBy(elsewhere(Duration.ZERO));
    assertThatThrownBy(() -> lock.whileOwned(() -> Files.createFile(run.resolve("written"))))
        .isInstanceOf(RunInUseException.class)
        .hasMessageContaining(" was taken over by process 123 on node-7")
        .hasMessageEndingWith("It has written nothing since.");
    assertThat(run.resolve("written")).doesNotExist();
    lock.close();
    assertThat(owner().token()).isEqualTo("a-b-c");
  }

  @Test
  void afterTheReleaseNothingIsWritten() throws IOException {
    RunLock lock = lock();
    lock.close();
    lock.close();
    assertThatThrownBy(() -> lock.whileOwned(() -> Files.createFile(run.resolve("written"))))
        .isInstanceOf(RunInUseException.class)
        .hasMessageEndingWith(" was released: this process is ending.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "store"})
  void ofManyAtOnceOneGetsIt(String scheme) throws Exception {
    use(scheme);
    assertOneOfMany();
  }

  @Test
  void ofManyThatFindADeadOwnerOneGetsIt() throws Exception {
    heldBy(elsewhere(Duration.ofHours(1)));
    assertOneOfMany();
  }

  private void assertOneOfMany() throws Exception {
    int many = 6;
    CyclicBarrier start = new CyclicBarrier(many);
    ExecutorService threads = Executors.newFixedThreadPool(many);
    Callable<Optional<RunLock>> contender =
        () -> {
          start.await();
          try {
            return Optional.of(lock());
          } catch (RunInUseException e) {
            return Optional.empty();
          }
        };
    List<Future<Optional<RunLock>>> contenders =
        IntStream.range(0, many).mapToObj(i -> threads.submit(contender)).toList();
    // all have tried before one that holds it lets it go
    List<RunLock> winners = new ArrayList<>();
    for (Future<Optional<RunLock>> each : contenders) {
      each.get().ifPresent(winners::add);
    }
    threads.shutdown();
    assertThat(winners).hasSize(1);
    assertHolds(winners.get(0));
    winners.get(0).close();
  }
}
