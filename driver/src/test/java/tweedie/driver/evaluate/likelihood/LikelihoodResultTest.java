package tweedie.driver.evaluate.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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

  private static FlowBits ofFlow(double finer, double finest) {
    return FlowBits.of(
        new Bits(1.2, 0.003, null, null, 1.19, 1.21),
        new Sensitivity("finer", 64, finer, 0.001, null),
        new Sensitivity("still finer", 64, finest, 0.004, null));
  }

  @Test
  void theErrorOfTheSolverIsExtrapolatedAndItsRestWidensTheInterval() {
    // 0.016, 0.004, 0.001, .. sum to 0.064 / 3
    FlowBits flow = ofFlow(0.016, 0.020);
    assertThat(flow.ofSolver()).isCloseTo(0.064 / 3, within(1e-12));
    assertThat(flow.rest()).isCloseTo(0.004 / 3, within(1e-12));
    assertThat(flow.value()).isCloseTo(1.2 + 0.064 / 3, within(1e-12));
    assertThat(flow.error()).isCloseTo(0.005, within(1e-12)); // 3 and 4 thousandths
    assertThat(flow.high() - flow.value()).isCloseTo(1.959964 * 0.005 + 0.004 / 3, within(1e-9));
    assertThat(flow.value() - flow.low()).isCloseTo(flow.high() - flow.value(), within(1e-12));
  }

  @Test
  void aSolverThatDoesNotConvergeFastIsTrustedToHalveItsErrorOnly() {
    assertThat(ofFlow(0.010, 0.019).rest()).isCloseTo(0.009, within(1e-12));
    // 0.010, -0.002, 0.0004, ..
    assertThat(ofFlow(0.010, 0.008).ofSolver()).isCloseTo(0.010 / 1.2, within(1e-12));
    assertThat(ofFlow(0, 0).ofSolver()).isZero();
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
