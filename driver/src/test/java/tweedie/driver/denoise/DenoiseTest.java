package tweedie.driver.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import tweedie.data.DataException;

class DenoiseTest {

  @Test
  void resultsHaveTheNamesOfThePictures() {
    assertThat(names("in/a.png", "other/b.c.jpeg", "plain")).containsExactly("a", "b.c", "plain");
  }

  @Test
  void twoPicturesOfOneNameAreRefused() {
    assertThatThrownBy(() -> names("in/a.png", "in/a.jpg"))
        .isInstanceOf(DataException.class)
        .hasMessage("in/a.jpg would be written as a.png, as in/a.png is; rename it");
  }

  @Test
  void thePictureThatComparesKeepsItsName() {
    assertThatThrownBy(() -> names("in/comparison.jpg"))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "in/comparison.jpg would be written as comparison.png, as the comparison is; rename it");
  }

  private static List<String> names(String... pictures) {
    return Denoise.names(Stream.of(pictures).map(Path::new).toList());
  }
}
