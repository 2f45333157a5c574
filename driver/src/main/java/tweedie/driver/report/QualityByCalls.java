package tweedie.driver.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tweedie.driver.evaluate.samples.Aspect;
import tweedie.driver.evaluate.samples.Quantity;
import tweedie.driver.evaluate.samples.SamplesResult;
import tweedie.driver.evaluate.samples.SamplesResult.Metric;
import tweedie.driver.page.Chart;
import tweedie.driver.page.Chart.Axis;
import tweedie.driver.page.Chart.Drawn;
import tweedie.driver.page.Chart.Point;
import tweedie.driver.page.Chart.Series;
import tweedie.driver.page.NumberText;

/**
 * How good samples are over the calls of the denoiser that they took. Numbers of sets of unlike
 * sizes cannot be compared, so every size has charts of its own.
 *
 * @param measured what {@code evaluate --what samples} wrote of each set
 * @param drawn the sets
 */
record QualityByCalls(List<SamplesResult> measured, List<ReportSamples> drawn) {

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

  /** A chart for each metric and size of which there are two sets or more. */
  List<Chart> charts() {
    TreeSet<Integer> sizes = new TreeSet<>(Comparator.reverseOrder());
    measured.forEach(set -> sizes.add(set.measured()));
    List<Chart> charts = new ArrayList<>();
    for (int size : sizes) {
      for (Shown shown : SHOWN) {
        chart(shown, size).ifPresent(charts::add);
      }
    }
    return charts;
  }

  private Optional<Chart> chart(Shown shown, int size) {
    List<Series> series = new ArrayList<>();
    List<Point> floor = new ArrayList<>();
    for (SamplesResult set : measured) {
      long calls = calls(set.name());
      Optional<Metric> metric = shown.in(set);
      if (set.measured() == size && calls > 0 && metric.isPresent()) {
        Point point = Estimates.point(calls, metric.get().samples());
        series.add(new Series(set.name(), Drawn.POINTS, List.of(point)));
        floor.add(Estimates.point(calls, metric.get().real()));
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

  private long calls(String name) {
    return drawn.stream()
        .filter(samples -> samples.name().equals(name))
        .mapToLong(ReportSamples::calls)
        .findFirst()
        .orElse(0);
  }
}
