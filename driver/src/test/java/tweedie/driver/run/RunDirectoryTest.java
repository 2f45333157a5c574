package tweedie.driver.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FsStatus;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.ProcessId;
import tweedie.data.shard.ShardWriter;

class RunDirectoryTest {

  @TempDir Path directory;
  private Path run;

  @BeforeEach
  void makeTheRun() throws IOException {
    run = Files.createDirectory(directory.resolve("run"));
  }

  private static Configuration configuration() {
    Configuration conf = new Configuration();
    conf.setClass("fs.full.impl", FullDisk.class, FileSystem.class);
    conf.setClass("fs.readonly.impl", ReadOnlyDisk.class, FileSystem.class);
    return conf;
  }

  private RunDirectory on(String scheme) throws IOException {
    return RunDirectory.at(new org.apache.hadoop.fs.Path(scheme + ":" + run), configuration());
  }

  /** 7 MB are free. */
  public static final class FullDisk extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("full:///");
    }

    @Override
    public FsStatus getStatus(org.apache.hadoop.fs.Path path) {
      return new FsStatus(1 << 30, (1 << 30) - (7 << 20), 7 << 20);
    }
  }

  /** No file or directory can be created. */
  public static final class ReadOnlyDisk extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("readonly:///");
    }

    @Override
    public boolean mkdirs(org.apache.hadoop.fs.Path directory) {
      return Files.isDirectory(Path.of(directory.toUri().getPath()));
    }

    @Override
    public org.apache.hadoop.fs.FSDataOutputStream create(
        org.apache.hadoop.fs.Path file,
        boolean overwrite,
        int buffer,
        short replication,
        long block,
        Progressable progress)
        throws IOException {
      throw new IOException("Read-only file system");
    }

    @Override
    public org.apache.hadoop.fs.FSDataOutputStream create(
        org.apache.hadoop.fs.Path file,
        org.apache.hadoop.fs.permission.FsPermission permission,
        boolean overwrite,
        int buffer,
        short replication,
        long block,
        Progressable progress)
        throws IOException {
      throw new IOException("Read-only file system");
    }
  }

  @Test
  void aDirectoryWithRoomPassesTheProbeAndKeepsNothingOfIt() throws IOException {
    on("file").probe(1_000_000);
    on("full").probe(6 << 20);
    assertThat(run).isEmptyDirectory();
  }

  @Test
  void aCheckpointThatWouldNotFitIsSaidBeforeTheRound() throws IOException {
    RunDirectory full = on("full");
    assertThatThrownBy(() -> full.probe(14 << 20))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "The directory full:%s cannot be written: a checkpoint takes 14 MB, and 7 MB are free"
                .formatted(run));
    assertThat(run).isEmptyDirectory();
  }

  @Test
  void aReadOnlyDirectoryIsSaidBeforeTheRound() throws IOException {
    RunDirectory readOnly = on("readonly");
    String sentence =
        "The directory readonly:%s cannot be written: Read-only file system".formatted(run);
    assertThatThrownBy(() -> readOnly.probe(1))
        .isInstanceOf(DataException.class)
        .hasMessage(sentence);
    assertThatThrownBy(readOnly::lock).isInstanceOf(DataException.class).hasMessage(sentence);
    Files.delete(run);
    assertThatThrownBy(readOnly::lock)
        .isInstanceOf(DataException.class)
        .hasMessage(
            "The directory readonly:%s cannot be written: the directory cannot be made"
                .formatted(run));
  }

  @Test
  void localFilesOfARunHaveNoCrcFilesAndOthersInTheProcessKeepTheirs() throws IOException {
    RunDirectory there = on("file");
    there.writeConfig("tweedie.seed = 1");
    there.probe(1);
    ShardWriter.write(
        new org.apache.hadoop.fs.Path(there.path(), "samples/a/part.parquet"),
        List.of(new LabeledImage(0, 1, new ImageShape(1, 1, 1), new float[] {0.5f})),
        configuration());
    assertThat(names(run)).containsExactlyInAnyOrder("config.conf", "samples", "a", "part.parquet");

    Path other = directory.resolve("other");
    org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(other.toUri());
    file.getFileSystem(configuration()).create(file).close();
    assertThat(directory.resolve(".other.crc")).exists();
  }

  @Test
  void aConfigThatSomebodyEditedIsReadAgain() throws IOException {
    Path config = Files.writeString(run.resolve("config.conf"), "tweedie.seed = 1");
    // as older versions left one beside what tasks wrote
    org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(config.toUri());
    file.getFileSystem(configuration()).create(file).close();
    assertThat(run.resolve(".config.conf.crc")).exists();
    Files.writeString(config, "tweedie.seed = 2");
    assertThat(on("file").config()).isEqualTo("tweedie.seed = 2");
    on("file").writeConfig("tweedie.seed = 3");
    assertThat(names(run)).containsExactly("config.conf");
  }

  private static List<String> names(Path below) throws IOException {
    try (Stream<Path> files = Files.walk(below).skip(1)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void whatAKilledProcessWroteAsideIsSwept() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    String writer = new ProcessId(ProcessId.OWN.space(), gone.pid(), 0).inName();
    Files.writeString(run.resolve(".metrics.jsonl." + writer + ".0123abcd.tmp"), "half");
    Files.writeString(run.resolve("notes.tmp"), "mine");
    on("file").sweep();
    assertThat(run.toFile().list()).containsExactly("notes.tmp");
  }

  private static final String LINE =
      """
      {"round":%d,"images_seen":1,"loss":1,"loss_by_noise":[],"images_per_second":1,"seconds":1,"drift":0,"workers":1,"slowest_worker_seconds":1,"fastest_worker_seconds":1}
      """;

  @Test
  void aRunThatHasLostItsCheckpointsIsNotTrainedAnew() throws IOException {
    Files.writeString(run.resolve("metrics.jsonl"), LINE.formatted(1));
    assertThatThrownBy(() -> on("file").latest())
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "has no checkpoint, and metrics.jsonl says that it has trained 1 rounds")
        .hasMessageEndingWith(
            "delete metrics.jsonl to train from the start, or name another --run.");
    assertThatThrownBy(() -> on("file").checkpoint(CheckpointChoice.BEST, "sample"))
        .hasMessageContaining("Put its checkpoints back from a copy");
    on("file").checkpoints().begin(1); // killed while it wrote the first one
    assertThat(on("file").latest()).isEmpty();
    Files.writeString(run.resolve("metrics.jsonl"), LINE.formatted(1) + LINE.formatted(2));
    assertThatThrownBy(() -> on("file").latest()).isInstanceOf(DataException.class);
  }

  @Test
  void linesOfMetricsThatCannotBeReadAreLeftOut() throws IOException {
    Files.writeString(
        run.resolve("metrics.jsonl"),
        LINE.formatted(1) + "null\n{}\n" + LINE.formatted(2) + "{\"rou");
    assertThat(on("file").metrics(5)).extracting(line -> line.round()).containsExactly(1, 2);
    assertThat(on("file").metrics(1)).extracting(line -> line.round()).containsExactly(1);
  }
}
