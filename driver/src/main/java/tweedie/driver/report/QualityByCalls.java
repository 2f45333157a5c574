package tweedie.driver.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tweedie.driver.page.Chart;
import tweedie.driver.page.Chart.Axis;
import tweedie.driver.page.Chart.Drawn;
import tweedie.driver.page.Chart.Point;
import tweedie.driver.page.Chart.Series;
import tweedie.driver.page.Numbers;

/**
 * How good samples are over the calls of the denoiser that they took. Numbers of sets of unlike
 * sizes cannot be compared, so every size has charts of its own.
 *
 * @param measured what {@code evaluate --what samples} wrote of each set
 * @param drawn the sets
 */
record QualityByCalls(List<JsonNode> measured, List<ReportSamples> drawn) {

  private static final List<Metric> METRICS =
      List.of(
          new Metric("pixels", "sliced W2", "In the scale of pixels, [0, 1]"),
          new Metric("values", "sliced W2", "In the scale of the data"),
          new Metric("features", "MMD^2, cubic kernel", "Without unit"));

  private record Metric(String of, String name, String scale) {

    Optional<JsonNode> in(JsonNode set) {
      for (JsonNode metric : set.path("metrics")) {
        if (metric.path("of").asText().equals(of) && metric.path("metric").asText().equals(name)) {
          return Optional.of(metric);
        }
      }
      return Optional.empty();
    }
  }

  /** A chart for each metric and size of which there are two sets or more. */
  List<Chart> charts() {
    TreeSet<Long> sizes = new TreeSet<>(Comparator.reverseOrder());
    measured.forEach(set -> sizes.add(set.path("measured").asLong()));
    List<Chart> charts = new ArrayList<>();
    for (long size : sizes) {
      for (Metric metric : METRICS) {
        chart(metric, size).ifPresent(charts::add);
      }
    }
    return charts;
  }

  private Optional<Chart> chart(Metric metric, long size) {
    List<Series> series = new ArrayList<>();
    List<Point> floor = new ArrayList<>();
    for (JsonNode set : measured) {
      long calls = calls(set.path("name").asText());
      Optional<JsonNode> number = metric.in(set);
      if (set.path("measured").asLong() == size && calls > 0 && number.isPresent()) {
        Point point = ReportEvaluation.point(calls, number.get().path("samples"));
        series.add(new Series(set.path("name").asText(), Drawn.POINTS, List.of(point)));
        floor.add(ReportEvaluation.point(calls, number.get().path("real")));
      }
    }
    if (series.size() < 2) {
      return Optional.empty();
    }
    floor.sort(Comparator.comparingDouble(Point::x));
    series.add(new Series("real images (floor)", Drawn.DASHED, floor));
    return Optional.of(
        new Chart(
            "%s of %s by calls".formatted(metric.name, metric.of),
            "%s, with 95 %% intervals; less is better. Sets of %s samples."
                .formatted(metric.scale, Numbers.count(size)),
            Axis.log("calls of the denoiser for each chain"),
            Axis.linear(metric.name),
            series));
  }

  private long calls(String name) {
    return drawn.stream()
        .filter(samples -> samples.name().equals(name))
        .mapToLong(ReportSamples::calls)
        .findFirst()
        .orElse(0);
  }
}
