package tweedie.driver.evaluate.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.driver.Golden;
import tweedie.driver.evaluate.samples.SamplesResult.Metric;
import tweedie.driver.evaluate.samples.SamplesResult.Nearest;
import tweedie.evaluate.Estimate;

class SamplesResultTest {

  private static final String TEXT = Golden.text("run/evaluation/samples-heun.json");

  private static SamplesResult read(String text) {
    return Json.SNAKE_PAGE.read(text, SamplesResult.class, "a test");
  }

  @Test
  void numbersOfAnEarlierFileAreTheSame() {
    SamplesResult read = read(TEXT);
    assertThat(read.name()).isEqualTo("heun");
    assertThat(read.samples()).isEqualTo(64);
    assertThat(read.measured()).isEqualTo(40);
    assertThat(read.trainedOn()).isFalse();
    Metric first = read.metrics().get(0);
    assertThat(first.metric()).isEqualTo(Quantity.SLICED_W2);
    assertThat(first.of()).isEqualTo(Aspect.PIXELS);
    assertThat(first.samples())
        .isEqualTo(new Estimate(0.024925, 0.024925 - 0.024925 / 16, 0.024925 + 0.024925 / 7));
    assertThat(first.pValue()).isNull();
    assertThat(read.metrics().get(2).pValue()).containsExactly(0.03125, 0.7, 1e-5);
    assertThat(read.histograms().get(0).samples()).containsExactly(22, 10, 8);
    assertThat(read.nearest().get(0)).isEqualTo(new Nearest(17, 123456, 2.25));
    assertThat(read.overrides()).contains("tweedie.evaluate.projections=8");
  }

  @Test
  void everyMetricIsReadByTheKeyThatFilesHaveAlwaysHad() {
    assertThat(read(TEXT).metrics())
        .extracting(Metric::metric)
        .containsAll(
            Arrays.stream(Quantity.values())
                .filter(quantity -> !quantity.name().startsWith("FRECHET")) // which came later
                .toList());
    assertThat(Arrays.stream(Quantity.values()).map(Quantity::key)).doesNotHaveDuplicates();
  }

  @Test
  void isWrittenAsItWasRead() {
    String written = Json.SNAKE_PAGE.text(read(TEXT));
    assertThat(read(written).metrics().get(2).pHolm()).containsExactly(0.1875, 1, 5e-5);
    // which the earlier version did not write
    assertThat(written.replaceAll(",\\s*\"p_holm\" : \\[[^]]*]", "")).isEqualTo(TEXT);
  }

  @Test
  void tableIsWhatItWas() {
    assertThat(read(TEXT).table()).isEqualTo(Golden.table("samples-heun"));
  }

  @Test
  void classesAreCalledByTheirNamesWhereTheyHaveSome() {
    SamplesResult named =
        read(TEXT.replaceFirst("\"shares\"", "\"names\" : [\"cat\", \"dog\"], \"shares\""));
    assertThat(named.table().lines().map(line -> line.strip().replaceFirst("  .*", "")))
        .contains("cat, expected 0.5000", "dog, expected 0.3000", "2, expected 0.2000");
    assertThat(Json.SNAKE_PAGE.text(named)).contains("\"names\" : [ \"cat\", \"dog\" ]");
  }

  @Test
  void filesThatSayLessStillLoad() {
    SamplesResult read =
        read(
            """
            {"name": "heun", "source": "s", "samples": 9, "measured": 9, "data": "d", "seconds": 1,
             "trained_on": true, "metrics": [],
             "nearest": {"sample": 1, "training_image": 2, "distance": 0.5}}
            """);
    assertThat(read.nearest()).isEqualTo(List.of(new Nearest(1, 2, 0.5)));
    assertThat(read.overrides()).isEmpty();
    assertThat(read.histograms()).isEmpty();
    assertThatThrownBy(() -> read("{}")).hasMessage("a test is damaged: it has no name");
  }

  @Test
  void metricThatNobodyKnowsIsRefused() {
    assertThatThrownBy(() -> read("{\"metrics\": [{\"metric\": \"beauty\"}]}"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a test is damaged: ")
        .hasMessageContaining("beauty");
  }
}
