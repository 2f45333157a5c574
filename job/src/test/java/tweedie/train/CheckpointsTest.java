package tweedie.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tweedie.data.CrashingFileSystem;
import tweedie.data.DataException;
import tweedie.network.NetworkSettings;

class CheckpointsTest {

  private static final NetworkSettings NETWORK = Trained.network();
  private static final List<String> FILES =
      List.of(
          "network.json",
          "parameters.npy",
          "moments.npy",
          "ema.npy",
          "clock.json",
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
    local().save(NETWORK, state(3, 1.5f), 5);
    Checkpoints.Checkpoint read = local().load(3);
    assertThat(read.network()).isEqualTo(NETWORK);
    assertSame(read.state(), state(3, 1.5f));
    assertSame(local().latest().orElseThrow().state(), state(3, 1.5f));
    for (String name : FILES) {
      assertThat(file(3, name)).exists();
    }
  }

  @Test
  void aRunWithoutCheckpointsHasNoLatest() throws IOException {
    assertThat(local().latest()).isEmpty();
    assertThat(local().rounds()).isEmpty();
    assertThatThrownBy(() -> local().load(4))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("There is no checkpoint of round 4:")
        .hasMessageContaining("round-000004 has no manifest.json");
  }

  @Test
  void theNewestAreKept() throws IOException {
    for (int round = 8; round <= 12; round++) {
      local().save(NETWORK, state(round, round), 3);
    }
    assertThat(local().rounds()).containsExactly(10, 11, 12);
    assertThat(file(9, "")).doesNotExist();
    assertSame(local().latest().orElseThrow().state(), state(12, 12));
  }

  @Test
  void roundsBeyondSixDigitsAreTheNewest() throws IOException {
    local().save(NETWORK, state(999_999, 1), 5);
    local().save(NETWORK, state(1_000_000, 2), 5);
    assertThat(local().rounds()).containsExactly(999_999, 1_000_000);
    assertSame(local().latest().orElseThrow().state(), state(1_000_000, 2));
  }

  @Test
  void aCheckpointWithoutManifestDoesNotCount() throws IOException {
    local().save(NETWORK, state(1, 1), 5);
    local().save(NETWORK, state(2, 2), 5);
    Files.delete(file(2, "manifest.json"));
    assertThat(local().rounds()).containsExactly(1);
    assertSame(local().latest().orElseThrow().state(), state(1, 1));
  }

  @Test
  void aRoundCanBeWrittenAgain() throws IOException {
    local().save(NETWORK, state(2, 1), 5);
    local().save(NETWORK, state(2, 9), 5);
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
    local().save(NETWORK, state(1, 1), 5);
    local().save(NETWORK, state(2, 2), 5);
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
  @Test
  void afterACrashTheOldOrTheNewCheckpointIsWhole() throws IOException {
    int keep = 1;
    int crashes = 0;
    for (boolean crashed = true; crashed; crashes++) {
      Checkpoints checkpoints = crashing(crashes);
      checkpoints.save(NETWORK, state(1, 1), keep);
      CrashingFileSystem.crashAfter(crashes);
      crashed = fails(checkpoints, state(2, 2), keep);
      CrashingFileSystem.repair();
      TrainingState latest = checkpoints.latest().orElseThrow().state();
      assertThat(same(latest, state(1, 1)) || same(latest, state(2, 2)))
          .as("after %d changes there is %s", crashes, latest)
          .isTrue();
      checkpoints.save(NETWORK, state(2, 3), keep);
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
      checkpoints.save(NETWORK, state(1, 1), 5);
      checkpoints.save(NETWORK, state(2, 2), 5);
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
      checkpoints.save(NETWORK, state, keep);
      return false;
    } catch (IOException e) {
      return true;
    }
  }
}
