package tweedie.driver.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import tweedie.driver.evaluate.samples.Aspect;
import tweedie.driver.evaluate.samples.ComparedRows;
import tweedie.driver.evaluate.samples.Quantity;
import tweedie.driver.evaluate.samples.SamplesResult;
import tweedie.driver.evaluate.samples.SamplesResult.Histogram;
import tweedie.driver.evaluate.samples.SamplesResult.Metric;
import tweedie.driver.page.Chart;
import tweedie.driver.page.Chart.Axis;
import tweedie.driver.page.Chart.Drawn;
import tweedie.driver.page.Chart.Point;
import tweedie.driver.page.Chart.Series;
import tweedie.driver.page.NumberText;
import tweedie.driver.page.Table;
import tweedie.evaluate.Estimate;

/**
 * What a report shows of samples beside real images.
 *
 * @param name of the samples
 * @param samples what the command takes for them
 * @param asked what the command was told
 * @param about what was compared
 * @param metrics all numbers
 * @param classes how many of each class or mode; null where there are none
 * @param nearest to training images; null where that is not known
 */
record ReportQuality(
    String name,
    String samples,
    Provenance asked,
    String about,
    Table metrics,
    Chart classes,
    NearestPairs nearest) {

  /**
   * The section of one set.
   *
   * @param set what was measured of it
   * @param samples what the command takes for it
   */
  static ReportQuality of(SamplesResult set, String samples, Optional<NearestPairs> nearest) {
    Provenance asked = new Provenance(set.data(), set.trainedOn(), 0, set.overrides());
    return new ReportQuality(
        set.name(),
        samples,
        asked,
        "%s of %s samples against as many images of %s."
            .formatted(
                NumberText.count(set.measured()), NumberText.count(set.samples()), asked.images()),
        new Table(
            List.of("on", "metric", "samples", "real (floor)", "wrong"),
            set.metrics().stream().map(ReportQuality::row).toList()),
        set.histograms().stream().findFirst().map(counts -> classes(set, counts)).orElse(null),
        nearest.orElse(null));
  }

  private static List<String> row(Metric metric) {
    return List.of(
        metric.of().label(),
        metric.metric().label(),
        tested(metric, metric.samples(), ComparedRows.SAMPLES),
        tested(metric, metric.real(), ComparedRows.FLOOR),
        tested(metric, metric.wrong(), ComparedRows.WRONG));
  }

  /** An estimate and, where there is a test, how likely it is by chance. */
  private static String tested(Metric metric, Estimate estimate, int set) {
    Double chance = metric.pValue() == null ? null : Estimates.number(metric.pValue()[set]);
    return Estimates.text(estimate)
        + (chance == null ? "" : ", p\u00a0=\u00a0" + NumberText.text(chance));
  }

  private static Chart classes(SamplesResult set, Histogram histogram) {
    String of = histogram.of().label();
    List<String> names =
        IntStream.range(0, histogram.shares().length).mapToObj(Integer::toString).toList();
    return new Chart(
        "%s of %s".formatted(of, set.name()),
        "Counts. Chi-square against the shares of the data: p = %s for samples, %s for real images."
            .formatted(
                NumberText.text(histogram.pValue()[ComparedRows.SAMPLES]),
                NumberText.text(histogram.pValue()[ComparedRows.FLOOR])),
        Axis.of(of, names),
        Axis.linear("count"),
        List.of(counts("samples", histogram.samples()), counts("real", histogram.real())));
  }

  private static Series counts(String name, long[] counts) {
    return new Series(
        name,
        Drawn.BARS,
        IntStream.range(0, counts.length).mapToObj(k -> Point.of(k, counts[k])).toList());
  }

  /** The set of samples that is nearest to real images, by the distance of their values. */
  static List<Card> cards(List<SamplesResult> sets) {
    List<Card> best = List.of();
    double least = Double.POSITIVE_INFINITY;
    for (SamplesResult set : sets) {
      for (Metric metric : set.metrics()) {
        Estimate samples = metric.samples();
        if (metric.metric() == Quantity.SLICED_W2
            && metric.of() != Aspect.FEATURES
            && samples.value() < least) {
          least = samples.value();
          best =
              List.of(
                  Card.of(
                      "Sliced W2 of " + metric.of().label(),
                      samples.value(),
                      Estimates.number(samples.low()),
                      Estimates.number(samples.high()),
                      "%s, %s images; other real images: %s"
                          .formatted(
                              set.name(),
                              NumberText.count(set.measured()),
                              Estimates.text(metric.real()))));
        }
      }
    }
    return best;
  }
}
