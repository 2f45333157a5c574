package tweedie;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class CausesTest {

  @Test
  void theLastCauseIsTheRoot() {
    Exception root = new IOException("disk");
    Exception e = new IllegalStateException("outer", new RuntimeException("middle", root));
    assertThat(Causes.of(e)).hasSize(3).endsWith(root);
    assertThat(Causes.root(e)).isSameAs(root);
    assertThat(Causes.root(root)).isSameAs(root);
  }

  @Test
  void aSentenceIsTheFirstLineWithoutItsStop() {
    assertThat(Causes.firstLine("No space left.\n  at java.io")).isEqualTo("No space left.");
    assertThat(Causes.sentence("No space left. \n  at java.io")).isEqualTo("No space left");
    assertThat(Causes.firstLine("")).isEmpty();
    assertThat(Causes.sentence(null)).isEqualTo("null");
  }
}
