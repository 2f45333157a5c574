package tweedie.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MultipleTestsTest {

  @Test
  void holmMultipliesByTheTestsThatAreLeft() {
    // the example of R's p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    assertThat(MultipleTests.holm(new double[] {0.01, 0.04, 0.03, 0.005}))
        .containsExactly(new double[] {0.03, 0.06, 0.06, 0.02}, within(1e-12));
    assertThat(MultipleTests.holm(new double[] {0.7, 0.9})).containsExactly(1, 1);
    assertThat(MultipleTests.holm(new double[0])).isEmpty();
  }

  @Test
  void aTwoSidedTestDoublesTheRarerSide() {
    assertThat(MultipleTests.twoSided(0.01, 0.995)).isEqualTo(0.02);
    assertThat(MultipleTests.twoSided(0.7, 0.6)).isEqualTo(1);
  }
}
