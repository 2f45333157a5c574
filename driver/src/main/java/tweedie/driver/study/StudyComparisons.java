package tweedie.driver.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import tweedie.driver.config.Settings;
import tweedie.driver.config.Settings.Hypothesis;
import tweedie.driver.study.StudyTable.Comparison;
import tweedie.driver.study.StudyTable.Metric;
import tweedie.driver.study.StudyTable.Spread;
import tweedie.driver.study.StudyTable.Time;
import tweedie.evaluate.PairedDifference;
import tweedie.score.CopyNoise;
import tweedie.train.GradientSpread.Traces;

/**
 * Compares the trainings of a study within the pairs of one seed, question by question and noise
 * level by noise level.
 */
final class StudyComparisons {

  private final Settings.Study study;
  private final long seed;
  private final int seeds;
  private final Map<String, Map<String, List<StudyResult>>> byData = new LinkedHashMap<>();
  private final List<Comparison> comparisons = new ArrayList<>();

  StudyComparisons(Settings settings, List<StudyResult> results) {
    this.study = settings.study();
    this.seed = settings.seed();
    this.seeds = settings.study().seeds();
    for (StudyResult result : results) {
      byData
          .computeIfAbsent(result.data(), data -> new LinkedHashMap<>())
          .computeIfAbsent(result.variant(), variant -> new ArrayList<>())
          .add(result);
    }
  }

  /** The table of all results. */
  StudyTable table() {
    List<Spread> gradients = new ArrayList<>();
    List<Time> times = new ArrayList<>();
    byData.forEach(
        (data, variants) -> {
          compare(data);
          variants.forEach(
              (name, results) -> {
                times.add(
                    new Time(
                        data,
                        name,
                        results.get(0).parameters(),
                        mean(results, StudyResult::seconds)));
              });
          gradients.addAll(spreads(data));
        });
    return new StudyTable(seeds, comparisons, gradients, times);
  }

  private void compare(String data) {
    String control = StudyVariant.CONTROL.name();
    double ofOne = new CopyNoise(study.sigma(), 1).s();
    for (int m : moreCopies()) {
      String stacked = StudyVariant.stacked(m).name();
      double s = new CopyNoise(study.sigma(), m).s();
      compare(Hypothesis.INFORMATION, data, control, control, m, Metric.ERROR, ofOne, s);
      compare(Hypothesis.INFORMATION, data, control, stacked, m, Metric.ERROR, ofOne, s);
    }
    for (int m : moreCopies()) {
      compareLevels(Hypothesis.MATCHED, data, control, StudyVariant.stacked(m).name());
    }
    String draws = StudyVariant.ofDraws(study.trainedDraws()).name();
    String fresh = StudyVariant.ofFresh(study.trainedDraws()).name();
    compareLevels(Hypothesis.DRAWS, data, control, draws);
    compareLevels(Hypothesis.DRAWS, data, control, fresh);
    compareLevels(Hypothesis.DRAWS, data, fresh, draws);
    for (int n : study.references()) {
      compareLevels(Hypothesis.STABLE, data, control, StudyVariant.stable(n).name());
    }
  }

  private List<Integer> moreCopies() {
    return study.copies().stream().filter(m -> m > 1).toList();
  }

  private List<StudyResult> results(String data, String variant) {
    return byData.get(data).getOrDefault(variant, List.of());
  }

  /** Whether the distribution of the data is known. */
  private boolean known(String data) {
    return byData.get(data).values().stream()
        .flatMap(List::stream)
        .flatMap(result -> result.errors().stream())
        .anyMatch(error -> error.floor() != null);
  }

  /** Compares at each noise level that all are measured at. */
  private void compareLevels(Hypothesis question, String data, String control, String variant) {
    Metric metric = known(data) ? Metric.FISHER : Metric.ERROR;
    int copies =
        results(data, variant).stream().mapToInt(StudyResult::copies).findFirst().orElse(0);
    for (double s : study.levels()) {
      compare(question, data, control, variant, copies, metric, s, s);
    }
  }

  private void compare(
      Hypothesis question,
      String data,
      String control,
      String variant,
      int copies,
      Metric metric,
      double controlS,
      double s) {
    List<StudyResult> before = results(data, control);
    List<StudyResult> now = results(data, variant);
    if (before.isEmpty() || now.isEmpty()) {
      return;
    }
    double[] differences = new double[seeds];
    for (int i = 0; i < seeds; i++) {
      differences[i] =
          metric.of(paired(now, seed + i).at(s)) - metric.of(paired(before, seed + i).at(controlS));
    }
    PairedDifference difference = PairedDifference.of(differences, study.resamples(), seed);
    double controlMean = mean(before, result -> metric.of(result.at(controlS)));
    comparisons.add(
        new Comparison(
            question,
            data,
            control,
            variant,
            copies,
            s,
            metric,
            controlMean,
            mean(now, result -> metric.of(result.at(s))),
            metric == Metric.ERROR ? now.get(0).at(s).floor() : null,
            difference.mean(),
            difference.low(),
            difference.high(),
            100 * difference.mean() / controlMean,
            100 * difference.low() / controlMean,
            100 * difference.high() / controlMean,
            verdict(difference)));
  }

  private static String verdict(PairedDifference difference) {
    if (difference.high() < 0) {
      return "better";
    }
    return difference.low() > 0 ? "worse" : "no difference shown";
  }

  private static StudyResult paired(List<StudyResult> results, long seed) {
    return results.stream().filter(result -> result.seed() == seed).findFirst().orElseThrow();
  }

  private List<Spread> spreads(String data) {
    List<StudyResult> measured = results(data, StudyVariant.GRADIENTS.name());
    List<Spread> spreads = new ArrayList<>();
    if (measured.isEmpty()) {
      return spreads;
    }
    for (int k : study.gradients().draws()) {
      double[] ratios = new double[seeds];
      for (int i = 0; i < seeds; i++) {
        StudyResult result = paired(measured, seed + i);
        ratios[i] = of(result, k).ofImages() / unit(result);
      }
      PairedDifference ratio = PairedDifference.of(ratios, study.resamples(), seed);
      spreads.add(
          new Spread(
              data,
              k,
              ratio.mean(),
              ratio.low(),
              ratio.high(),
              mean(measured, result -> predicted(result, k)),
              mean(measured, result -> of(result, k).givenImages() / unit(result)),
              mean(measured, result -> of(result, k).ofFresh() / unit(result))));
    }
    return spreads;
  }

  /** The spread with the fewest draws, one if that was measured. */
  private double unit(StudyResult result) {
    return of(result, fewest()).ofImages();
  }

  private int fewest() {
    return study.gradients().draws().stream().mapToInt(Integer::intValue).min().orElseThrow();
  }

  /** From the spread with the fewest draws k: V_x / B + V_noise / (B K), in its units. */
  private double predicted(StudyResult result, int draws) {
    Traces first = of(result, fewest());
    double ofNoise = first.givenImages() / first.ofImages();
    return 1 - ofNoise + ofNoise * fewest() / draws;
  }

  private static Traces of(StudyResult result, int draws) {
    return result.gradients().stream()
        .filter(traces -> traces.draws() == draws)
        .findFirst()
        .orElseThrow();
  }

  private static double mean(List<StudyResult> results, ToDoubleFunction<StudyResult> value) {
    return results.stream().mapToDouble(value).average().orElseThrow();
  }
}
