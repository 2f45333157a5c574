package tweedie.driver.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tweedie.driver.config.Settings;
import tweedie.driver.config.Settings.Hypothesis;
import tweedie.driver.config.SettingsLoader;
import tweedie.driver.study.StudyTable.Comparison;
import tweedie.driver.study.StudyTable.Metric;
import tweedie.driver.study.StudyTable.Spread;
import tweedie.evaluate.LevelError;
import tweedie.train.GradientSpread.Traces;

/** Tables of results whose differences are known. */
class StudyComparisonsTest {

  private static final double S = 0.5;

  private static final Settings SETTINGS =
      SettingsLoader.load(
              Optional.empty(),
              List.of(
                  "tweedie.seed=5",
                  "tweedie.study.seeds=3",
                  "tweedie.study.sigma=1",
                  "tweedie.study.copies=[1, 4]", // whose mean has s = 0.5
                  "tweedie.study.levels=[0.5]",
                  "tweedie.study.trained-draws=2",
                  "tweedie.study.references=[8]",
                  "tweedie.study.mixtures.batch-size=8",
                  "tweedie.study.images.batch-size=8",
                  "tweedie.study.resamples=1000",
                  "tweedie.study.gradients.draws=[2, 4]"))
          .settings();

  private final List<StudyResult> results = new ArrayList<>();

  /** A result of each seed: at s = 0.5 an error of one of these, at s = 1 one more. */
  private void measured(StudyVariant variant, Double floor, double... errors) {
    for (int i = 0; i < errors.length; i++) {
      List<LevelError> levels = new ArrayList<>();
      for (double s : List.of(S, 1.0)) {
        double error = errors[i] + (s == S ? 0 : 1);
        Double known = floor == null ? null : 10 * error;
        levels.add(new LevelError(s, error, floor, known, known, known));
      }
      results.add(
          new StudyResult(
              "data", variant.name(), 5 + i, 9, 99, 7, 2 + i, variant.copies(), levels, List.of()));
    }
  }

  private StudyTable table() {
    return new StudyComparisons(SETTINGS, results).table();
  }

  private static Comparison of(StudyTable table, Hypothesis question, StudyVariant variant) {
    return table.comparisons().stream()
        .filter(one -> one.question() == question && one.variant().equals(variant.name()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aConstantDifferenceHasNoSpread() {
    measured(StudyVariant.CONTROL, null, 1, 2, 3);
    measured(StudyVariant.stable(8), null, 1.5, 2.5, 3.5);
    Comparison stable = of(table(), Hypothesis.STABLE, StudyVariant.stable(8));
    assertThat(stable.metric()).isEqualTo(Metric.ERROR);
    assertThat(stable.controlMean()).isEqualTo(2);
    assertThat(stable.variantMean()).isEqualTo(2.5);
    assertThat(stable.difference()).isCloseTo(0.5, within(1e-12));
    assertThat(stable.low()).isCloseTo(0.5, within(1e-12));
    assertThat(stable.high()).isCloseTo(0.5, within(1e-12));
    assertThat(stable.percent()).isCloseTo(25, within(1e-9));
    assertThat(stable.floor()).isNull();
    assertThat(stable.verdict()).isEqualTo("worse");
  }

  @Test
  void theVerdictIsThatOfTheInterval() {
    measured(StudyVariant.CONTROL, null, 3, 3, 3);
    measured(StudyVariant.ofDraws(2), null, 1, 2, 2.5);
    measured(StudyVariant.ofFresh(2), null, 2, 4, 3);
    StudyTable table = table();
    Comparison better = of(table, Hypothesis.DRAWS, StudyVariant.ofDraws(2));
    assertThat(better.verdict()).isEqualTo("better");
    assertThat(better.low()).isBetween(-2.0, better.difference());
    assertThat(better.high()).isBetween(better.difference(), -0.5);
    assertThat(of(table, Hypothesis.DRAWS, StudyVariant.ofFresh(2)).verdict())
        .isEqualTo("no difference shown");
    assertThat(table.comparisons())
        .filteredOn(one -> one.question() == Hypothesis.DRAWS)
        .extracting(one -> one.variant() + " " + one.control())
        .containsExactly("draws-2 mean", "fresh-2 mean", "draws-2 fresh-2");
  }

  @Test
  void pairsAreOfOneSeedWhateverTheOrder() {
    measured(StudyVariant.CONTROL, null, 1, 20, 300);
    measured(StudyVariant.stable(8), null, 2, 21, 301);
    List<StudyResult> last = new ArrayList<>(results.subList(3, 6));
    Collections.reverse(last);
    results.subList(3, 6).clear();
    results.addAll(last);
    Comparison stable = of(table(), Hypothesis.STABLE, StudyVariant.stable(8));
    assertThat(stable.low()).isCloseTo(1, within(1e-12));
    assertThat(stable.high()).isCloseTo(1, within(1e-12));
  }

  @Test
  void moreCopiesOfOneSigmaAreComparedAtTheNoiseOfTheirMean() {
    measured(StudyVariant.CONTROL, 0.25, 1, 2, 3);
    measured(StudyVariant.stacked(4), 0.25, 1, 2, 3);
    StudyTable table = table();
    Comparison mean = of(table, Hypothesis.INFORMATION, StudyVariant.CONTROL);
    assertThat(mean.copies()).isEqualTo(4);
    assertThat(mean.s()).isEqualTo(S);
    assertThat(mean.difference()).as("from s = 1 to s = 0.5").isCloseTo(-1, within(1e-12));
    assertThat(mean.floor()).isEqualTo(0.25);
    Comparison matched = of(table, Hypothesis.MATCHED, StudyVariant.stacked(4));
    assertThat(matched.metric()).as("the distribution is known").isEqualTo(Metric.FISHER);
    assertThat(matched.controlMean()).isEqualTo(20);
    assertThat(matched.difference()).isZero();
    assertThat(matched.floor()).isNull();
  }

  @Test
  void gradientsAreInUnitsOfThoseWithTheFewestDraws() {
    for (int seed = 5; seed < 8; seed++) {
      results.add(
          new StudyResult(
              "data",
              StudyVariant.GRADIENTS.name(),
              seed,
              9,
              99,
              7,
              1,
              1,
              List.of(),
              List.of(new Traces(2, 3, 4, 4), new Traces(4, 1.5, 2, 1))));
    }
    List<Spread> spreads = table().gradients();
    assertThat(spreads).extracting(Spread::draws).containsExactly(2, 4);
    assertThat(spreads.get(0).ofImages()).isEqualTo(1);
    assertThat(spreads.get(0).predicted()).isEqualTo(1);
    Spread four = spreads.get(1);
    assertThat(four.ofImages()).isEqualTo(0.5);
    assertThat(four.low()).isCloseTo(0.5, within(1e-12));
    assertThat(four.high()).isCloseTo(0.5, within(1e-12));
    // 3 of 4 parts are noise, which halves with twice the draws
    assertThat(four.predicted()).isEqualTo(0.25 + 0.75 / 2);
    assertThat(four.givenImages()).isEqualTo(1.5 / 4);
    assertThat(four.ofFresh()).isEqualTo(0.25);
  }

  @Test
  void tablesHoldTheSameInEveryForm() throws IOException {
    measured(StudyVariant.CONTROL, null, 1, 2, 3);
    measured(StudyVariant.stable(8), null, 1.5, 2.5, 3.5);
    StudyTable table = table();
    assertThat(table.seeds()).isEqualTo(3);
    assertThat(table.times())
        .extracting(time -> time.variant() + " " + time.parameters() + " " + time.seconds())
        .containsExactly("mean 7 3.0", "stable-8 7 3.0");
    JsonNode json = new ObjectMapper().readTree(table.json());
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly("seeds", "comparisons", "gradients", "times");
    assertThat(table.json()).contains("\"control_mean\" : 2.0");
    List<String> lines = table.comparisonsCsv().lines().toList();
    assertThat(lines).hasSize(1 + table.comparisons().size());
    assertThat(lines.get(0)).startsWith("question,data,control,variant,copies,s,metric,control_m");
    assertThat(lines.get(lines.size() - 1))
        .startsWith("stable,data,mean,stable-8,1,0.5,error,2.0,2.5,,0.5,")
        .endsWith(",worse");
    assertThat(table.gradientsCsv())
        .isEqualTo("data,draws,of_images,low,high,predicted,given_images,of_fresh\n");
  }

  @Test
  void resultsSurviveJson() {
    measured(StudyVariant.CONTROL, 0.1, 1);
    StudyResult result = results.get(0);
    assertThat(StudyResult.fromJson(result.toJson(), "file")).isEqualTo(result);
  }
}
