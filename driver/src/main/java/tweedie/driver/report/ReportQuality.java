package tweedie.driver.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tweedie.driver.evaluate.samples.AskedClass;
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
import tweedie.driver.report.Recipe.Provenance;
import tweedie.evaluate.Estimate;

/**
 * What a report shows of samples beside real images.
 *
 * @param samples what the command takes for them
 * @param recognised what became of samples that were asked to be of a class; null where none was
 * @param classes how many of each class or mode; null where there are none
 * @param nearest to training images; null where that is not known
 */
record ReportQuality(
    String name,
    String samples,
    Provenance asked,
    String about,
    Table metrics,
    Table recognised,
    Chart classes,
    NearestPairs nearest) {

  private static final List<Shown> SHOWN =
      List.of(
          new Shown(Aspect.PIXELS, Quantity.SLICED_W2, "In the scale of pixels, [0, 1]"),
          new Shown(Aspect.VALUES, Quantity.SLICED_W2, "In the scale of the data"),
          new Shown(Aspect.FEATURES, Quantity.MMD, "Without unit"));

  private record Shown(Aspect of, Quantity metric, String scale) {

    Optional<Metric> in(SamplesResult set) {
      return set.metrics().stream()
          .filter(found -> found.of() == of && found.metric() == metric)
          .findFirst();
    }
  }

  /** The section of one set, for which the command takes {@code samples}. */
  static ReportQuality of(SamplesResult set, String samples, Optional<NearestPairs> nearest) {
    Provenance asked = new Provenance(set.data(), set.trainedOn(), 0, set.overrides());
    return new ReportQuality(
        set.name(),
        samples,
        asked,
        Stream.concat(
                Stream.of(
                    "%s of %s samples against as many images of %s. Holm's p-values, in brackets, are for all tests of a column."
                        .formatted(
                            NumberText.count(set.measured()),
                            NumberText.count(set.samples()),
                            asked.images())),
                set.warnings().stream())
            .collect(Collectors.joining(" ")),
        new Table(
            List.of("on", "metric", "samples", "real (floor)", "wrong"),
            set.metrics().stream().map(ReportQuality::row).toList()),
        set.asked().isEmpty()
            ? null
            : new Table(
                List.of("class asked for", "samples", "recognised", "confidence"),
                set.asked().stream().map(ReportQuality::row).toList()),
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

  private static List<String> row(AskedClass asked) {
    return List.of(
        asked.name(),
        NumberText.count(asked.images()),
        Point.of(0, asked.recognised()).text(),
        Point.of(0, asked.confidence()).text());
  }

  /** An estimate and, where there is a test, its p-value and in brackets Holm's. */
  private static String tested(Metric metric, Estimate estimate, int set) {
    boolean known = metric.pValue() != null && Double.isFinite(metric.pValue()[set]);
    return Point.of(0, estimate).text()
        + (known
            ? ", p\u00a0=\u00a0%s (%s)"
                .formatted(
                    NumberText.text(metric.pValue()[set]), NumberText.text(metric.pHolm()[set]))
            : "");
  }

  private static Chart classes(SamplesResult set, Histogram histogram) {
    String of = histogram.of().label();
    List<String> names =
        IntStream.range(0, histogram.shares().length).mapToObj(histogram::name).toList();
    return new Chart(
        "%s of %s".formatted(of, set.name()),
        "Counts. Chi-square against the real images: p = %s for samples, %s for other real images."
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
                      Point.of(0, samples),
                      "%s, %s images; other real images: %s"
                          .formatted(
                              set.name(),
                              NumberText.count(set.measured()),
                              Point.of(0, metric.real()).text())));
        }
      }
    }
    return best;
  }

  /**
   * How good samples are over the calls of the denoiser that they took. Numbers of sets of unlike
   * sizes cannot be compared, so there is a chart for each metric and size of which there are two
   * sets or more.
   *
   * @param measured what {@code evaluate --what samples} wrote of each set
   * @param drawn the sets
   */
  static List<Chart> byCalls(List<SamplesResult> measured, List<ReportSamples> drawn) {
    Map<String, Long> calls =
        drawn.stream().collect(Collectors.toMap(ReportSamples::name, ReportSamples::calls));
    TreeSet<Integer> sizes = new TreeSet<>(Comparator.reverseOrder());
    measured.forEach(set -> sizes.add(set.measured()));
    List<Chart> charts = new ArrayList<>();
    for (int size : sizes) {
      for (Shown shown : SHOWN) {
        chart(shown, size, measured, calls).ifPresent(charts::add);
      }
    }
    return charts;
  }

  private static Optional<Chart> chart(
      Shown shown, int size, List<SamplesResult> measured, Map<String, Long> callsOf) {
    List<Series> series = new ArrayList<>();
    List<Point> floor = new ArrayList<>();
    for (SamplesResult set : measured) {
      long calls = callsOf.getOrDefault(set.name(), 0L);
      Optional<Metric> metric = shown.in(set);
      if (set.measured() == size && calls > 0 && metric.isPresent()) {
        Point point = Point.of(calls, metric.get().samples());
        series.add(new Series(set.name(), Drawn.POINTS, List.of(point)));
        floor.add(Point.of(calls, metric.get().real()));
      }
    }
    if (series.size() < 2) {
      return Optional.empty();
    }
    floor.sort(Comparator.comparingDouble(Point::x));
    series.add(new Series("real images (floor)", Drawn.DASHED, floor));
    return Optional.of(
        new Chart(
            "%s of %s by calls".formatted(shown.metric.label(), shown.of.label()),
            "%s, with 95 %% intervals; less is better. Sets of %s samples."
                .formatted(shown.scale, NumberText.count(size)),
            Axis.log("calls of the denoiser for each chain"),
            Axis.linear(shown.metric.label()),
            series));
  }
}
