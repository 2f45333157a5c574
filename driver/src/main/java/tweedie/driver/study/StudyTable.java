package tweedie.driver.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import tweedie.driver.config.Settings;
import tweedie.driver.config.Settings.Hypothesis;
import tweedie.evaluate.LevelError;
import tweedie.evaluate.PairedDifference;
import tweedie.score.CopyNoise;
import tweedie.train.GradientSpread.Traces;

/**
 * What the trainings of a study say, question by question and noise level by noise level.
 *
 * @param seeds number of pairs
 * @param comparisons of errors
 * @param gradients spread of gradients
 * @param times of the trainings
 */
record StudyTable(
    int seeds, List<Comparison> comparisons, List<Spread> gradients, List<Time> times) {

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  /** What is compared. */
  enum Metric {
    /** E|D - x|^2 / d. */
    ERROR,
    /** E|D - E[x | y]|^2 / s^4. */
    FISHER;

    double of(LevelError error) {
      return switch (this) {
        case ERROR -> error.error();
        case FISHER -> error.fisher();
      };
    }
  }

  /**
   * A variant against another, over all seeds.
   *
   * @param question that it helps to answer
   * @param data name of the data
   * @param control name of what is compared with
   * @param variant name of what is compared; the control itself where only its copies are more
   * @param copies m of the variant
   * @param s noise of the mean of the variant's copies
   * @param metric what is compared
   * @param controlMean mean over the seeds of the control
   * @param variantMean mean over the seeds of the variant
   * @param floor least possible error; null where it is not known or not what is compared
   * @param difference variant less control, mean over the pairs
   * @param low lower end of its 95 % bootstrap interval
   * @param high upper end
   * @param percent the difference in percent of the control's mean
   * @param percentLow the lower end likewise
   * @param percentHigh the upper end likewise
   * @param verdict what the interval says of the variant
   */
  record Comparison(
      Hypothesis question,
      String data,
      String control,
      String variant,
      int copies,
      double s,
      Metric metric,
      double controlMean,
      double variantMean,
      Double floor,
      double difference,
      double low,
      double high,
      double percent,
      double percentLow,
      double percentHigh,
      String verdict) {}

  /**
   * The spread of the gradient of a minibatch of B images, in units of that with one draw of noise
   * for each, over all seeds.
   *
   * @param data name of the data
   * @param draws K
   * @param ofImages with K draws for each image
   * @param low lower end of its 95 % bootstrap interval
   * @param high upper end
   * @param predicted V_x / B + V_noise / (B K) from what was measured with one draw
   * @param givenImages with K draws for each of given images
   * @param ofFresh of B K images with one draw each
   */
  record Spread(
      String data,
      int draws,
      double ofImages,
      double low,
      double high,
      double predicted,
      double givenImages,
      double ofFresh) {}

  /**
   * How long trainings took.
   *
   * @param data name of the data
   * @param variant name of the variant
   * @param parameters of the network
   * @param seconds mean over the seeds
   */
  record Time(String data, String variant, int parameters, double seconds) {}

  /** The table of all results of a study. */
  static StudyTable of(Settings settings, List<StudyResult> results) {
    return new Tabulation(settings, results).table();
  }

  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A table holds plain numbers", e);
    }
  }

  String comparisonsCsv() {
    return csv(
        "question,data,control,variant,copies,s,metric,control_mean,variant_mean,floor,difference,low,high,percent,percent_low,percent_high,verdict",
        comparisons.stream()
            .map(
                c ->
                    List.<Object>of(
                        lower(c.question),
                        c.data,
                        c.control,
                        c.variant,
                        c.copies,
                        c.s,
                        lower(c.metric),
                        c.controlMean,
                        c.variantMean,
                        Objects.requireNonNullElse(c.floor, ""),
                        c.difference,
                        c.low,
                        c.high,
                        c.percent,
                        c.percentLow,
                        c.percentHigh,
                        c.verdict))
            .toList());
  }

  String gradientsCsv() {
    return csv(
        "data,draws,of_images,low,high,predicted,given_images,of_fresh",
        gradients.stream()
            .map(
                g ->
                    List.<Object>of(
                        g.data,
                        g.draws,
                        g.ofImages,
                        g.low,
                        g.high,
                        g.predicted,
                        g.givenImages,
                        g.ofFresh))
            .toList());
  }

  /** No value holds a comma or a quotation mark. */
  private static String csv(String header, List<List<Object>> rows) {
    return header
        + "\n"
        + rows.stream()
            .map(row -> row.stream().map(Object::toString).collect(Collectors.joining(",")) + "\n")
            .collect(Collectors.joining());
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static final class Tabulation {

    private final Settings.Study study;
    private final long seed;
    private final int seeds;
    private final Map<String, Map<String, List<StudyResult>>> byData = new LinkedHashMap<>();
    private final List<Comparison> comparisons = new ArrayList<>();

    Tabulation(Settings settings, List<StudyResult> results) {
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
      results(data, variant).stream()
          .findFirst()
          .ifPresent(
              first ->
                  study
                      .levels()
                      .forEach(
                          s ->
                              compare(
                                  question, data, control, variant, first.copies(), metric, s, s)));
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
            metric.of(paired(now, seed + i).at(s))
                - metric.of(paired(before, seed + i).at(controlS));
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
}
