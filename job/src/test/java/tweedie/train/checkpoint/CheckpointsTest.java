package tweedie.train.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.data.CrashingFileSystem;
import tweedie.data.CrashingFileSystem.Renames;
import tweedie.data.DataException;
import tweedie.data.ImageShape;
import tweedie.data.shard.DataStatistics;
import tweedie.network.NetworkDenoiser;
import tweedie.network.NetworkSettings;
import tweedie.score.Denoiser;
import tweedie.train.checkpoint.Checkpoint.Origin;
import tweedie.train.round.Trained;
import tweedie.train.round.TrainingState;

class CheckpointsTest {

  private static final NetworkSettings NETWORK = Trained.network();
  private static final List<String> FILES =
      List.of(
          "network.json",
          "parameters.npy",
          "moments.npy",
          "ema.npy",
          "clock.json",
          "config.conf",
          "data.json",
          "manifest.json");

  @TempDir Path run;

  @AfterEach
  void repair() {
    CrashingFileSystem.repair();
  }

  private static TrainingState state(int round, float value) {
    float[] parameters = {value, -0f, Float.MIN_VALUE, 1e30f};
    return new TrainingState(
        round,
        5_000_000_000L + round,
        7 * round,
        parameters,
        new float[] {value, 1, 2, 3, 4, 5, 6, 7},
        new float[] {value + 1, 0, 0, 0.1f});
  }

  private static final DataStatistics STATISTICS =
      new DataStatistics(
          12,
          new double[] {0.1, 0.2, 1 / 3.0},
          0.2,
          0.4,
          0.15,
          0.05,
          List.of(new DataStatistics.Channel(0.2, 0.4)),
          "f");
  private static final TrainedData DATA = new TrainedData("3f2a", 2, Trained.SHAPE, STATISTICS);

  private static Checkpoint checkpoint(TrainingState state, double training, Double validation) {
    return new Checkpoint(
        NETWORK,
        state,
        Optional.of(
            new Origin(
                "tweedie.seed = " + state.round(),
                DATA,
                new CheckpointLosses(training, validation))));
  }

  /** The newest is the best. */
  private static Checkpoint checkpoint(TrainingState state) {
    return checkpoint(state, 1.0 / state.round(), null);
  }

  private Checkpoints local() throws IOException {
    return new Checkpoints(
        FileSystem.getLocal(new Configuration()), new org.apache.hadoop.fs.Path(run.toUri()));
  }

  private Checkpoints withoutHadoopsChecksums() throws IOException {
    RawLocalFileSystem files = new RawLocalFileSystem();
    files.initialize(java.net.URI.create("file:///"), new Configuration());
    return new Checkpoints(files, new org.apache.hadoop.fs.Path(run.toUri()));
  }

  private Path file(int round, String name) {
    return run.resolve("checkpoints").resolve("round-%06d".formatted(round)).resolve(name);
  }

  private static void assertSame(TrainingState actual, TrainingState expected) {
    assertThat(same(actual, expected)).as("%s is %s", actual, expected).isTrue();
  }

  private static boolean same(TrainingState a, TrainingState b) {
    return a.round() == b.round()
        && a.images() == b.images()
        && a.steps() == b.steps()
        && Arrays.equals(a.parameters(), b.parameters())
        && Arrays.equals(a.moments(), b.moments())
        && Arrays.equals(a.ema(), b.ema())
        && Arrays.equals(a.momentum(), b.momentum())
        && a.position().equals(b.position())
        && a.halvings() == b.halvings();
  }

  @Test
  void aCheckpointComesBackBitByBit() throws IOException {
    local().save(checkpoint(state(3, 1.5f)), 5);
    Checkpoint read = local().load(3);
    assertThat(read.network()).isEqualTo(NETWORK);
    assertSame(read.state(), state(3, 1.5f));
    Origin origin = read.origin().orElseThrow();
    assertThat(origin.config()).isEqualTo("tweedie.seed = 3");
    assertThat(origin.losses()).isEqualTo(new CheckpointLosses(1.0 / 3, null));
    assertThat(origin.data()).usingRecursiveComparison().isEqualTo(DATA);
    assertSame(local().latest().orElseThrow().state(), state(3, 1.5f));
    for (String name : FILES) {
      assertThat(file(3, name)).exists();
    }
  }

  @Test
  void aRunWithoutCheckpointsHasNoLatest() throws IOException {
    assertThat(local().latest()).isEmpty();
    assertThat(local().manifests().keySet()).isEmpty();
    assertThatThrownBy(() -> local().load(4))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("There is no checkpoint of round 4:")
        .hasMessageContaining("round-000004 has no manifest.json");
  }

  @Test
  void theNewestAreKept() throws IOException {
    for (int round = 8; round <= 12; round++) {
      local().save(checkpoint(state(round, round)), 3);
    }
    assertThat(local().manifests().keySet()).containsExactly(10, 11, 12);
    assertThat(file(9, "")).doesNotExist();
    assertSame(local().latest().orElseThrow().state(), state(12, 12));
  }

  @Test
  void theBestIsKeptBesideTheNewest() throws IOException {
    double[] losses = {5, 2, 3, 1, 4, 1.5};
    for (int round = 1; round <= 6; round++) {
      local().save(checkpoint(state(round, round), losses[round - 1], null), 2);
    }
    assertThat(local().manifests().keySet()).containsExactly(4, 5, 6);
    assertSame(local().best().orElseThrow().state(), state(4, 4));
    local().save(checkpoint(state(7, 7), 0.5, null), 2);
    assertThat(local().manifests().keySet()).containsExactly(6, 7);
    assertSame(local().best().orElseThrow().state(), state(7, 7));
  }

  @Test
  void theBestIsThatOfTheValidationIfThereIsOne() throws IOException {
    local().save(checkpoint(state(1, 1), 5, 0.4), 1);
    local().save(checkpoint(state(2, 2), 4, 0.5), 1);
    local().save(checkpoint(state(3, 3), 3, null), 1);
    assertThat(local().manifests().keySet()).containsExactly(1, 3);
    assertSame(local().best().orElseThrow().state(), state(1, 1));
  }

  @Test
  void aCheckpointOfAFormatToComeIsRefused() throws IOException {
    local().save(checkpoint(state(1, 1)), 5);
    local().save(checkpoint(state(2, 2)), 5);
    Path manifest = file(2, "manifest.json");
    Files.delete(file(2, ".manifest.json.crc"));
    Files.writeString(manifest, Files.readString(manifest).replace("\"format\":2", "\"format\":3"));
    assertThatThrownBy(() -> local().latest())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("round-000002 was written by Tweedie ")
        .hasMessageContaining("in format 3; this is Tweedie ")
        .hasMessageEndingWith("which reads formats up to 2.");
  }

  @Test
  void aRunWithNothingButDamagedCheckpointsIsNotTrainedFromTheStart() throws IOException {
    local().save(checkpoint(state(1, 1)), 5);
    local().save(checkpoint(state(2, 2)), 5);
    Damage.FLIPPED_BIT.to(file(1, "ema.npy"));
    Damage.MISSING.to(file(2, "moments.npy"));
    assertThatThrownBy(() -> local().latest())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("round-000002 is damaged: ")
        .hasMessageContaining("None before it is whole. Of its arrays ema.npy, parameters.npy can")
        .hasMessageContaining("Put back what is missing from a copy; or delete ")
        .hasMessageEndingWith("to train from the start, or name another --run.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "null", "[]", "3", "{}", "{\"format\": 2", "{\"format\": 2}", "absent"})
  void aManifestThatCannotBeReadIsNoRunThatWasNeverTrained(String torn) throws IOException {
    local().save(checkpoint(state(1, 1)), 5);
    if (torn.equals("absent")) {
      Files.delete(file(1, "manifest.json"));
    } else {
      Files.writeString(file(1, "manifest.json"), torn);
      Files.deleteIfExists(file(1, ".manifest.json.crc"));
    }
    List<byte[]> before = contents(1);
    assertThatThrownBy(() -> local().latest())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("round-000001 is damaged: ")
        .hasMessageContaining("manifest.json")
        .hasMessageContaining("ema.npy, moments.npy, parameters.npy can still be read");
    assertThatThrownBy(() -> local().best()).isInstanceOf(DataException.class);
    assertThat(contents(1)).containsExactlyElementsOf(before);
  }

  private List<byte[]> contents(int round) throws IOException {
    try (Stream<Path> files = Files.list(file(round, "x").getParent())) {
      return files
          .sorted()
          .map(
              path -> {
                try {
                  return Files.readAllBytes(path);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              })
          .toList();
    }
  }

  @Test
  void theFirstCheckpointThatWasNotFinishedIsNone() throws IOException {
    local().begin(1);
    assertThat(local().latest()).isEmpty();
    assertThat(local().isUnfinished(1)).isTrue();
    local().sweep();
    assertThat(file(1, "x").getParent()).doesNotExist();
    local().save(checkpoint(state(1, 1)), 5);
    assertThat(local().isUnfinished(1)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void theFirstCheckpointIsWholeOrToldToBeUnfinishedAfterACrash(Renames renames)
      throws IOException {
    int crashes = 0;
    for (boolean crashed = true; crashed; crashes++) {
      CrashingFileSystem.renames(renames);
      Checkpoints checkpoints = crashing(crashes);
      checkpoints.begin(1);
      CrashingFileSystem.crashAfter(crashes);
      crashed = fails(checkpoints, state(1, 1), 1);
      CrashingFileSystem.repair();
      assertThat(checkpoints.latest().isPresent() || checkpoints.isUnfinished(1))
          .as("after %d changes", crashes)
          .isTrue();
    }
    assertThat(crashes).isGreaterThan(FILES.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void damagedCheckpointsAreNotCountedAsKept(int keep) throws IOException {
    for (int round = 1; round <= 4; round++) {
      local().save(checkpoint(state(round, round), 1, null), 9);
    }
    Damage.FLIPPED_BIT.to(file(3, "ema.npy"));
    Damage.MISSING.to(file(4, "moments.npy"));
    local().save(checkpoint(state(5, 5), 1, null), keep);
    List<Integer> whole = new java.util.ArrayList<>();
    for (int round = 1; round <= 5; round++) {
      if (file(round, "x").getParent().toFile().exists() && isWhole(round)) {
        whole.add(round);
      }
    }
    // the first is the best
    assertThat(whole).isEqualTo(keep == 1 ? List.of(1, 5) : List.of(1, 2, 5));
  }

  private boolean isWhole(int round) throws IOException {
    try {
      local().load(round);
      return true;
    } catch (DataException e) {
      return false;
    }
  }

  @Test
  void whatAKilledProcessLeftInTheRoundIsRemovedWithIt() throws IOException {
    Path left = file(2, ".ema.npy.1234.tmp");
    Files.createDirectories(left.getParent());
    Files.writeString(left, "half");
    local().save(checkpoint(state(2, 2)), 5);
    assertThat(left).doesNotExist();
    assertThat(local().manifests().keySet()).containsExactly(2);
  }

  /** Written by the version that made the format; whatever is changed must go on reading them. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void checkpointsOfEarlierFormatsAreRead(int format) throws Exception {
    Path golden = Path.of(CheckpointsTest.class.getResource("/golden/format-" + format).toURI());
    Checkpoint read =
        new Checkpoints(
                FileSystem.getLocal(new Configuration()),
                new org.apache.hadoop.fs.Path(golden.toUri()))
            .latest()
            .orElseThrow();
    assertThat(read.network().kind()).isEqualTo(NetworkSettings.Kind.MLP);
    assertThat(read.network().shape()).isEqualTo(new ImageShape(1, 1, 2));
    assertThat(read.state().round()).isEqualTo(2);
    assertThat(read.state().images()).isEqualTo(128);
    assertThat(read.state().steps()).isEqualTo(8);
    assertThat(read.state().moments()).hasSize(2 * read.state().parameters().length);
    try (Denoiser denoiser = new NetworkDenoiser(read.network(), read.state().ema())) {
      double[] answer = new double[2];
      denoiser.denoise(new double[] {0.5, 0.1}, new double[] {0.3}, answer);
      assertThat(answer)
          .containsExactly(new double[] {0.4781363010406494, 0.27456092834472656}, within(1e-6));
    }
    assertThat(read.origin().isPresent()).isEqualTo(format > 1);
    read.origin()
        .ifPresent(
            origin -> {
              assertThat(origin.config()).contains("hidden=4");
              assertThat(origin.data().statistics().images()).isEqualTo(64);
              assertThat(origin.losses().training()).isPositive();
            });
  }

  @Test
  void roundsBeyondSixDigitsAreTheNewest() throws IOException {
    local().save(checkpoint(state(999_999, 1)), 5);
    local().save(checkpoint(state(1_000_000, 2)), 5);
    assertThat(local().manifests().keySet()).containsExactly(999_999, 1_000_000);
    assertSame(local().latest().orElseThrow().state(), state(1_000_000, 2));
  }

  @Test
  void aCheckpointWithoutManifestDoesNotCount() throws IOException {
    local().save(checkpoint(state(1, 1)), 5);
    local().save(checkpoint(state(2, 2)), 5);
    Files.delete(file(2, "manifest.json"));
    assertThat(local().manifests().keySet()).containsExactly(1);
    assertSame(local().latest().orElseThrow().state(), state(1, 1));
  }

  @Test
  void aRoundCanBeWrittenAgain() throws IOException {
    local().save(checkpoint(state(2, 1)), 5);
    local().save(checkpoint(state(2, 9)), 5);
    assertSame(local().latest().orElseThrow().state(), state(2, 9));
  }

  private enum Damage {
    FLIPPED_BIT {
      @Override
      void to(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        content[content.length / 2] ^= 4;
        Files.write(file, content);
      }
    },
    TRUNCATED {
      @Override
      void to(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(content, content.length - 3));
      }
    },
    EMPTY {
      @Override
      void to(Path file) throws IOException {
        Files.write(file, new byte[0]);
      }
    },
    MISSING {
      @Override
      void to(Path file) throws IOException {
        Files.delete(file);
      }
    };

    abstract void to(Path file) throws IOException;
  }

  static Stream<Arguments> damages() {
    return Stream.concat(
        FILES.stream()
            .flatMap(
                file ->
                    Stream.of(Damage.FLIPPED_BIT, Damage.MISSING)
                        .map(damage -> Arguments.of(file, damage))),
        Stream.of("moments.npy", "manifest.json")
            .flatMap(
                file ->
                    Stream.of(Damage.TRUNCATED, Damage.EMPTY)
                        .map(damage -> Arguments.of(file, damage))));
  }

  @ParameterizedTest
  @MethodSource("damages")
  void aDamagedCheckpointIsPassedOver(String name, Damage damage) throws IOException {
    local().save(checkpoint(state(1, 1)), 5);
    local().save(checkpoint(state(2, 2)), 5);
    damage.to(file(2, name));
    for (Checkpoints checkpoints : List.of(local(), withoutHadoopsChecksums())) {
      assertSame(checkpoints.latest().orElseThrow().state(), state(1, 1));
      assertThatThrownBy(() -> checkpoints.load(2))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("round-000002")
          .hasMessageContaining(name.equals("manifest.json") ? "checkpoint" : name);
    }
  }

  /**
   * The process is killed at every change that saving makes to the file system, one after the
   * other.
   */
  @ParameterizedTest
  @EnumSource
  void afterACrashTheOldOrTheNewCheckpointIsWhole(Renames renames) throws IOException {
    int keep = 1;
    int crashes = 0;
    for (boolean crashed = true; crashed; crashes++) {
      CrashingFileSystem.renames(renames);
      Checkpoints checkpoints = crashing(crashes);
      checkpoints.save(checkpoint(state(1, 1)), keep);
      CrashingFileSystem.crashAfter(crashes);
      crashed = fails(checkpoints, state(2, 2), keep);
      CrashingFileSystem.repair();
      TrainingState latest = checkpoints.latest().orElseThrow().state();
      assertThat(same(latest, state(1, 1)) || same(latest, state(2, 2)))
          .as("after %d changes there is %s", crashes, latest)
          .isTrue();
      checkpoints.sweep();
      assertThat(new File(checkpoints.path(latest.round()).toUri().getPath()).list())
          .as("after %d changes", crashes)
          .containsExactlyInAnyOrderElementsOf(FILES);
      checkpoints.save(checkpoint(state(2, 3)), keep);
      assertSame(checkpoints.latest().orElseThrow().state(), state(2, 3));
    }
    int createWriteAndRename = 3;
    assertThat(crashes).isGreaterThan(FILES.size() * createWriteAndRename);
  }

  @Test
  void aCrashWhileARoundIsWrittenAgainLeavesNoMixture() throws IOException {
    int crashes = 0;
    for (boolean crashed = true; crashed; crashes++) {
      Checkpoints checkpoints = crashing(crashes);
      checkpoints.save(checkpoint(state(1, 1)), 5);
      checkpoints.save(checkpoint(state(2, 2)), 5);
      CrashingFileSystem.crashAfter(crashes);
      crashed = fails(checkpoints, state(2, 3), 5);
      CrashingFileSystem.repair();
      TrainingState latest = checkpoints.latest().orElseThrow().state();
      assertThat(
              same(latest, state(1, 1)) || same(latest, state(2, 2)) || same(latest, state(2, 3)))
          .as("after %d changes there is %s", crashes, latest)
          .isTrue();
    }
    assertThat(crashes).isGreaterThan(18);
  }

  private Checkpoints crashing(int attempt) throws IOException {
    org.apache.hadoop.fs.Path directory = CrashingFileSystem.path(run.resolve("attempt" + attempt));
    return new Checkpoints(directory.getFileSystem(CrashingFileSystem.configuration()), directory);
  }

  private static boolean fails(Checkpoints checkpoints, TrainingState state, int keep) {
    try {
      checkpoints.save(checkpoint(state), keep);
      return false;
    } catch (IOException e) {
      return true;
    }
  }
}
