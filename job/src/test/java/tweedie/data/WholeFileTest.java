package tweedie.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
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
        .hasMessage("the disk is gone");
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
        .hasMessage("the disk is gone");
    assertThat(directory.resolve("file")).hasContent("old");
  }

  private List<String> names() throws IOException {
    try (var list = Files.list(directory)) {
      return list.map(file -> file.getFileName().toString()).toList();
    }
  }
}
