package tweedie.driver.evaluate.likelihood;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tweedie.data.Json;
import tweedie.driver.Golden;
import tweedie.driver.evaluate.likelihood.LikelihoodResult.Bits;
import tweedie.driver.evaluate.likelihood.LikelihoodResult.OfCopies;
import tweedie.driver.evaluate.likelihood.LikelihoodResult.Sensitivity;

class LikelihoodResultTest {

  private static final String TEXT = Golden.text("run/evaluation/likelihood.json");

  private static LikelihoodResult read(String text) {
    return Json.SNAKE_PAGE.read(text, LikelihoodResult.class, "a test");
  }

  @Test
  void numbersOfAnEarlierFileAreTheSame() {
    LikelihoodResult read = read(TEXT);
    assertThat(read.subject().round()).isEqualTo(12);
    assertThat(read.subject().trainedOn()).isFalse();
    assertThat(read.bitsPerDimension()).isEqualTo(new Bits(3.25, 0.05, null, 0.001, 3.152, 3.348));
    assertThat(read.sensitivity().get(0))
        .isEqualTo(new Sensitivity("twice the smallest noise, 0.02", 3, 0.0125, null, 0.4));
    assertThat(read.copies())
        .isEqualTo(List.of(new OfCopies(4, 0.2, 0.1, 3, -0.5, 0.01, -0.75, null)));
    assertThat(read.tails().squaredRadius()).isEqualTo(1.0003);
    assertThat(read.overrides()).isEmpty();
  }

  @Test
  void isWrittenAsItWasReadButForTheRound() {
    String written = Json.SNAKE_PAGE.text(read(TEXT));
    assertThat(written.replace("    \"round\" : 12,\n", "")).isEqualTo(TEXT);
    assertThat(read(written)).isEqualTo(read(TEXT));
  }

  @Test
  void tableIsWhatItWas() {
    assertThat(read(TEXT).table()).isEqualTo(Golden.table("likelihood"));
  }

  @Test
  void linesOfImagesAreWrittenAsTheyWereRead() {
    String text = Golden.text("run/evaluation/likelihood-images.jsonl");
    StringBuilder written = new StringBuilder();
    text.lines()
        .map(line -> Json.SNAKE_LINE.read(line, LikelihoodResult.OfImage.class, "a test"))
        .forEach(image -> written.append(Json.SNAKE_LINE.text(image)).append('\n'));
    assertThat(written).hasToString(text);
  }
}
