package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.CrashingFileSystem;
import tweedie.data.CrashingFileSystem.Renames;
import tweedie.driver.cluster.SparkSessions;
import tweedie.driver.config.LoadedSettings;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.run.RunLock;
import tweedie.driver.train.Train;
import tweedie.driver.train.TrainRequest;

/**
 * The file system of a run fails at its n-th change, for every n. Whatever is left, the run goes on
 * to the bits of one that nothing happened to.
 */
class FaultTest {

  private static final Logger LOG = LoggerFactory.getLogger(FaultTest.class);

  /** Of the changes that a run makes, every this many-th fails in the short form. */
  private static final int STRIDE = 29;

  @TempDir static Path directory;
  private static SparkSession spark;
  private static LoadedSettings config;
  private static Path whole;

  private enum Fault {
    /** As if the process had been killed. */
    CRASH,
    /** The next change works again. */
    ONCE
  }

  @BeforeAll
  static void train() throws IOException {
    CrashingFileSystem.sparkSettings().forEach(System::setProperty);
    spark = new SparkSessions("local[2]", "faults").open();
    config = SettingsLoader.load(Optional.of(TinyRuns.prepare(directory, 2, 2)), List.of());
    whole = directory.resolve("whole");
    train(whole.toUri().toString());
  }

  @AfterAll
  static void stop() {
    spark.close();
    CrashingFileSystem.sparkSettings().keySet().forEach(System::clearProperty);
  }

  @AfterEach
  void repair() {
    CrashingFileSystem.repair();
  }

  private static void train(String run) throws IOException {
    new Train(
            new TrainRequest(
                new org.apache.hadoop.fs.Path(run), config, TrainRequest.Changes.REFUSE),
            spark)
        .execute();
  }

  @ParameterizedTest
  @EnumSource
  void aRunSurvivesSomeFaults(Renames renames) throws Exception {
    everyFault(Fault.CRASH, renames, 3, STRIDE);
  }

  @Test
  void aRunSurvivesSomeFaultsThatPass() throws Exception {
    everyFault(Fault.ONCE, Renames.AT_ONCE, 9, STRIDE);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("long")
  void aRunSurvivesEveryCrash(Renames renames) throws Exception {
    everyFault(Fault.CRASH, renames, 0, 1);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("long")
  void aRunSurvivesEveryFaultThatPasses(Renames renames) throws Exception {
    everyFault(Fault.ONCE, renames, 0, 1);
  }

  private void everyFault(Fault fault, Renames renames, int first, int stride) throws Exception {
    int faults = 0;
    boolean failed = true;
    for (int changes = first; failed; changes += stride) {
      Path run = directory.resolve("%s-%s-%d-%d".formatted(fault, renames, stride, changes));
      String uri = CrashingFileSystem.path(run).toString();
      CrashingFileSystem.renames(renames);
      if (fault == Fault.CRASH) {
        CrashingFileSystem.crashAfter(changes);
      } else {
        CrashingFileSystem.failOnceAfter(changes);
      }
      failed = fails(uri);
      CrashingFileSystem.repair();
      Files.deleteIfExists(run.resolve(RunLock.FILE)); // this process, its owner, lives on
      train(uri);
      TinyRuns.assertSameCheckpoint(run, whole);
      faults++;
    }
    LOG.info("{} {} faults, renames {}", faults, fault, renames);
    assertThat(faults).isGreaterThan(2);
  }

  /** Whether the file system stopped the training. */
  private static boolean fails(String run) {
    try {
      train(run);
      return CrashingFileSystem.hasFailed();
    } catch (IOException | tweedie.data.DataException e) {
      assertThat(e).hasMessageContaining("the disk is gone");
      return true;
    }
  }
}
