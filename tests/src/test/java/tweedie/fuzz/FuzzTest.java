package tweedie.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The short form of {@code tests/fuzz}. */
class FuzzTest {

  private static final int SEED = 1;

  /** A machine that runs other tests beside these is slow. */
  private static final int HANG_SECONDS = 90;

  @TempDir static Path below;
  private static Judge judge;
  private static Subject subject;

  @BeforeAll
  static void make() throws Exception {
    judge = new Judge(HANG_SECONDS);
    subject = Subject.make(judge, below);
  }

  @AfterAll
  static void close() {
    judge.close();
  }

  @ParameterizedTest
  @CsvSource({
    "settings, 3",
    "run, 4",
    "samples, 5",
    "evaluation, 5",
    "shards, 3",
    "archives, 4",
    "names, 1",
    "disk, 1"
  })
  void hostileInputIsRefusedInASentence(String kind, int trials) throws Exception {
    assertThat(new Fuzz(judge, subject, SEED, trials).run(kind).faults()).isEmpty();
  }
}
