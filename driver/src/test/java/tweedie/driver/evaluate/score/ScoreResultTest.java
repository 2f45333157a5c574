package tweedie.driver.evaluate.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.driver.Golden;
import tweedie.driver.evaluate.score.ScoreResult.Level;

class ScoreResultTest {

  private static final String TEXT = Golden.text("run/evaluation/score.json");

  private static ScoreResult read(String text) {
    return Json.SNAKE_PAGE.read(text, ScoreResult.class, "a test");
  }

  @Test
  void numbersOfAnEarlierFileAreTheSame() {
    ScoreResult read = read(TEXT);
    assertThat(read.round()).isEqualTo(12);
    assertThat(read.images()).isEqualTo(500);
    assertThat(read.seesCopies()).isTrue();
    Level level = read.matched().get(1);
    assertThat(level.copies()).isEqualTo(4);
    assertThat(level.s()).isEqualTo(0.1);
    assertThat(level.score().error().value()).isEqualTo(0.02 * 0.1);
    assertThat(level.heldOut().error().value()).isEqualTo(0.03 * 0.1);
    assertThat(read.fixed().get(0).heldOut().ofTrainingData().value()).isEqualTo(0.05);
    assertThat(read.fixed().get(2).psnrFloor()).isInfinite();
    assertThat(read.memorised().get(0).expected()).isEqualTo(0.84);
    assertThat(read.overrides()).hasSize(2);
  }

  @Test
  void isWrittenAsItWasReadButForTheRound() {
    String written = Json.SNAKE_PAGE.text(read(TEXT));
    assertThat(written.replace("  \"round\" : 12,\n", "")).isEqualTo(TEXT);
    assertThat(Json.SNAKE_PAGE.text(read(written))).isEqualTo(written);
  }

  @Test
  void tableIsWhatItWas() {
    assertThat(read(TEXT).table()).isEqualTo(Golden.table("score"));
  }

  @Test
  void fileThatLacksAFieldIsRefused() {
    assertThatThrownBy(() -> read(TEXT.replaceFirst("\"floor\" : \"[^\"]*\",", "")))
        .isInstanceOf(DataException.class)
        .hasMessage("a test is damaged: it has no floor");
    assertThatThrownBy(() -> read(TEXT.replaceFirst("\"psnr\" : [^,]*,", "\"psnr\" : null,")))
        .hasMessage("a test is damaged: it has no matched[0].psnr");
  }

  @Test
  void nameOfAModelSaysNoRoundWhereTheFileDoes() {
    String text =
        TEXT.replaceFirst(
            "\"model\" : \"[^\"]*\"", "\"model\" : \"the 9 images of /data/round 5\"");
    assertThat(read(text.replaceFirst("\"round\" : \\d+", "\"round\" : 0")).round()).isZero();
  }
}
