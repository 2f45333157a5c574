package tweedie.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WholeFileTest {

  private static final int CREATE = 0;
  private static final int WRITE = 1;
  private static final int RENAME = 2;
  private static final int REPLACEMENTS = 100;

  @TempDir java.nio.file.Path directory;

  @AfterEach
  void repair() {
    CrashingFileSystem.repair();
  }

  @Test
  void aNewFileReplacesTheOldOne() throws IOException {
    FileSystem files = FileSystem.getLocal(new Configuration());
    Path path = new Path(directory.resolve("file").toUri());
    WholeFile.write(files, path, "the old content, which is longer");
    WholeFile.write(files, path, "the néw");
    assertThat(directory.resolve("file")).hasContent("the néw");
    assertThat(names()).containsExactlyInAnyOrder("file", ".file.crc");
  }

  @Test
  void aReaderFindsTheOldOrTheNewFileAtAnyTime() throws Exception {
    FileSystem files = FileSystem.getLocal(new Configuration());
    Path path = new Path(directory.resolve("file").toUri());
    WholeFile.write(files, path, "content");
    CompletableFuture<Void> written =
        CompletableFuture.runAsync(
            () -> {
              try {
                for (int i = 0; i < REPLACEMENTS; i++) {
                  WholeFile.write(files, path, "content");
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    while (!written.isDone()) {
      assertThat(directory.resolve("file")).hasContent("content");
    }
    written.get();
  }

  @Test
  void aDirectoryIsNoFileToReplace() throws IOException {
    FileSystem files = FileSystem.getLocal(new Configuration());
    Files.createFile(Files.createDirectory(directory.resolve("full")).resolve("file"));
    Path path = new Path(directory.resolve("full").toUri());
    assertThatThrownBy(() -> WholeFile.write(files, path, "new")).isInstanceOf(IOException.class);
    assertThat(names()).containsExactly("full");
    assertThat(directory.resolve("full/file")).exists();
  }

  @ParameterizedTest
  @ValueSource(ints = {CREATE, WRITE, RENAME})
  void theOldContentStaysWhenWritingFails(int failing) throws IOException {
    Path path = CrashingFileSystem.path(directory.resolve("file"));
    FileSystem files = path.getFileSystem(CrashingFileSystem.configuration());
    WholeFile.write(files, path, "old");
    CrashingFileSystem.failOnceAfter(failing);
    assertThatThrownBy(() -> WholeFile.write(files, path, "new"))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("file cannot be written: the disk is gone");
    assertThat(directory.resolve("file")).hasContent("old");
    assertThat(names()).as("no temporary file is left").containsExactly("file");
    WholeFile.write(files, path, "new");
    assertThat(directory.resolve("file")).hasContent("new");
  }

  @ParameterizedTest
  @ValueSource(ints = {CREATE, WRITE, RENAME})
  void theOldContentStaysWhenTheProcessIsKilled(int failing) throws IOException {
    Path path = CrashingFileSystem.path(directory.resolve("file"));
    FileSystem files = path.getFileSystem(CrashingFileSystem.configuration());
    WholeFile.write(files, path, "old");
    CrashingFileSystem.crashAfter(failing);
    assertThatThrownBy(() -> WholeFile.write(files, path, "new"))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("file cannot be written: the disk is gone");
    assertThat(directory.resolve("file")).hasContent("old");
  }

  /** As Hadoop's own local file system has it on a disk that is full. */
  private static final class Full extends RawLocalFileSystem {
    @Override
    protected OutputStream createOutputStreamWithMode(
        Path path, boolean append, FsPermission permission) throws IOException {
      super.createOutputStreamWithMode(path, append, permission).close();
      return super.createOutputStreamWithMode(new Path("/dev/full"), true, null);
    }
  }

  @Test
  void aFullDiskIsAnExceptionAndLeavesNothing() throws IOException {
    Path path = new Path(directory.resolve("file").toUri());
    Files.writeString(directory.resolve("file"), "old");
    FileSystem full = new Full();
    full.initialize(java.net.URI.create("file:///"), new Configuration());
    assertThatThrownBy(() -> WholeFile.write(full, path, "new"))
        .isExactlyInstanceOf(IOException.class)
        .hasMessageEndingWith("file cannot be written: No space left on device");
    assertThat(directory.resolve("file")).hasContent("old");
    assertThat(names()).containsExactly("file");
  }

  @Test
  void onlyWhatNobodyCanBeWritingIsSwept() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    String name = ".a.b.%s.0123abcd.tmp";
    String dead = name.formatted(new ProcessId(ProcessId.OWN.space(), gone.pid(), 0).inName());
    String alive = name.formatted(ProcessId.OWN.inName());
    String elsewhere = name.formatted(new ProcessId("another machine", gone.pid(), 0).inName());
    String old = ".a.b.0f1e2d3c-aaaa-bbbb-cccc-0123456789ab.tmp";
    for (String file : List.of(dead, alive, elsewhere, old, "a.b", ".c.tmp")) {
      Files.createFile(directory.resolve(file));
    }
    Files.setLastModifiedTime(
        directory.resolve(old),
        java.nio.file.attribute.FileTime.from(
            java.time.Instant.now().minus(java.time.Duration.ofDays(2))));
    Path path = new Path(directory.toUri());
    FileSystem files = ResultFiles.of(path, new Configuration());
    WholeFile.sweepAbandoned(files, path, "other");
    assertThat(names()).hasSize(6);
    WholeFile.sweepAbandoned(files, path, "a.b");
    assertThat(names()).containsExactlyInAnyOrder(alive, elsewhere, "a.b", ".c.tmp");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:b.png", "a [1]{x} 10:30 ü%25#.d", "*?", "a\nb", ":"})
  void anyNameIsAName(String name) throws IOException {
    Path path = FileSystems.child(new Path(directory.toUri()), name);
    FileSystem files = ResultFiles.of(path, new Configuration());
    WholeFile.write(files, path, "one");
    WholeFile.write(files, path, "two");
    assertThat(directory.resolve(name)).hasContent("two");
    assertThat(WholeFile.read(files, path)).isEqualTo("two");
    assertThat(WholeFile.read(FileSystems.of(path, new Configuration()), path)).isEqualTo("two");
    assertThat(names()).containsExactly(name);
  }

  private List<String> names() throws IOException {
    try (var list = Files.list(directory)) {
      return list.map(file -> file.getFileName().toString()).toList();
    }
  }
}
