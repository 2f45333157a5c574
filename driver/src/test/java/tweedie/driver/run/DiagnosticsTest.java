package tweedie.driver.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.data.Json;
import tweedie.driver.Golden;
import tweedie.driver.run.Diagnostics.Mixing;

class DiagnosticsTest {

  private static String text(String name) {
    return Golden.text("run/samples/%s/diagnostics.json".formatted(name));
  }

  private static Diagnostics read(String text) {
    return Json.SNAKE_PAGE.read(text, Diagnostics.class, "a test");
  }

  @Test
  void numbersOfAnEarlierFileAreTheSame() {
    Diagnostics read = read(text("walk"));
    assertThat(read.round()).isEqualTo(12);
    assertThat(read.callsPerChain()).isEqualTo(400);
    assertThat(read.divergedChains()).containsExactly(5L, 9L);
    assertThat(read.levels().get(0).scoreNorm()).isEqualTo(1.01);
    assertThat(read.levels().get(0).accepted()).isTrue();
    assertThat(read.mixing())
        .containsExactly(
            new Mixing("projection 1", 8, 8, 1.0625, 31.5, 2.03),
            new Mixing("class", 8, 8, null, null, null));
    assertThat(read(text("heun")).mixing()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"heun", "walk"})
  void areWrittenAsTheyWereReadButForTheRound(String name) {
    String written = Json.SNAKE_PAGE.text(read(text(name)));
    assertThat(written.replace("  \"round\" : 12,\n", "")).isEqualTo(text(name));
    assertThat(read(written)).isEqualTo(read(text(name)));
  }

  @ParameterizedTest
  @CsvSource({
    "the network after round 12, 12",
    "the mixture of 3 components, 0",
    "'the network after round 12, completing a with b', 0"
  })
  void roundOfAModelIsInTheNameOfEarlierFiles(String model, int round) {
    assertThat(EarlierFiles.round(null, model)).isEqualTo(round);
  }

  @Test
  void roundThatIsWrittenIsTheRound() {
    assertThat(EarlierFiles.round(7, "the network after round 12")).isEqualTo(7);
    assertThat(EarlierFiles.round(0, "the 9 images of round 12")).isZero();
    assertThat(EarlierFiles.round(null, null)).isZero();
  }
}
