package tweedie.driver.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tweedie.sample.LevelSums;
import tweedie.sample.Samples;

class BatchNotesTest {

  private static final LevelSums FIRST = new LevelSums(2, 3, 1.5, 0.25);
  private static final LevelSums SECOND = new LevelSums(1, 3, 0.5, 2);

  @Test
  void sumsAddUpLevelByLevel() {
    BatchNotes one = new BatchNotes(7, 3, List.of(4L), List.of(FIRST));
    BatchNotes other = new BatchNotes(5, 2, List.of(1L, 4L), List.of(FIRST, SECOND));

    assertThat(one.plus(other))
        .isEqualTo(other.plus(one))
        .isEqualTo(
            new BatchNotes(7, 5, List.of(1L, 4L), List.of(new LevelSums(2, 6, 3, 0.5), SECOND)));
    assertThat(BatchNotes.NONE.plus(one)).isEqualTo(one);
  }

  @Test
  void notesInAFooterKeepTheirForm() {
    Samples samples = new Samples(new double[4], new long[] {8, 9}, new long[] {7}, 35);

    assertThat(BatchNotes.of(samples, List.of(FIRST)).inFooter())
        .containsOnlyKeys("tweedie.batch")
        .containsValue(
            "{\"calls\":35,\"images\":2,\"diverged\":[7],\"levels\":[{\"s\":2.0,\"chains\":3,\"squaredMove\":1.5,\"squaredScore\":0.25}]}");
  }
}
