package tweedie.driver.report;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tweedie.driver.evaluate.score.ScoreResult;
import tweedie.driver.evaluate.score.ScoreResult.Level;
import tweedie.driver.page.Chart;
import tweedie.driver.page.Chart.Axis;
import tweedie.driver.page.Chart.Drawn;
import tweedie.driver.page.Chart.Point;
import tweedie.driver.page.Chart.Series;
import tweedie.driver.page.NumberText;
import tweedie.driver.report.Recipe.Provenance;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.ScoreError;

/** What a report shows of the error of the score. */
record ReportScore(String about, Provenance asked, List<Chart> charts) {

  static ReportScore of(ScoreResult measured) {
    Provenance asked =
        new Provenance(
            measured.data(), measured.trainedOn(), measured.round(), measured.overrides());
    Chart errors =
        new Chart(
            "Denoising error beside the least possible",
            "Squared error of a value, in the squared scale of the data, with 95 % intervals."
                + " Excess is that of the score: s\u2074 |score - best score|\u00b2 / d.",
            Axis.log("noise s of the mean of the copies"),
            Axis.log("squared error of a value"),
            errors(measured));
    Chart ratios =
        new Chart(
            "PSNR at fixed noise of a copy",
            "More copies of the same noise leave less of it. Range of the data %s."
                .formatted(NumberText.text(measured.range())),
            Axis.log("noise sigma of each copy"),
            Axis.linear("PSNR, dB"),
            ratios(measured));
    return new ReportScore(
        "%s on %s images of %s; the floor is the best denoiser of %s."
            .formatted(
                measured.model(),
                NumberText.count(measured.images()),
                asked.images(),
                measured.floor()),
        asked,
        Stream.of(errors, ratios).filter(chart -> !chart.series().isEmpty()).toList());
  }

  private static List<Series> errors(ScoreResult measured) {
    TreeMap<Integer, List<Level>> byCopies = byCopies(measured.matched());
    List<Series> series = new ArrayList<>();
    byCopies.forEach(
        (m, levels) -> {
          boolean first = m.equals(byCopies.firstKey());
          if (first || measured.seesCopies()) {
            String name = measured.seesCopies() ? "model, m = " + m : "model";
            series.add(series(name, Drawn.LINE, levels, error(ScoreError::error)));
            series.add(series(name + ": excess", Drawn.LINE, levels, error(ScoreError::excess)));
          }
          if (first) {
            series.add(series("floor", Drawn.DASHED, levels, error(ScoreError::floor)));
          }
        });
    return series;
  }

  private static Function<Level, Point> error(Function<ScoreError, Estimate> part) {
    return level -> Point.of(level.s(), part.apply(level.score()));
  }

  private static List<Series> ratios(ScoreResult measured) {
    List<Series> series = new ArrayList<>();
    byCopies(measured.fixed())
        .forEach(
            (m, levels) -> {
              series.add(
                  series(
                      "m = " + m,
                      Drawn.LINE,
                      levels,
                      level -> Point.of(level.sigma(), level.psnr())));
              series.add(
                  series(
                      "floor, m = " + m,
                      Drawn.DASHED,
                      levels,
                      level -> Point.of(level.sigma(), level.psnrFloor())));
            });
    return series;
  }

  private static TreeMap<Integer, List<Level>> byCopies(List<Level> levels) {
    return levels.stream()
        .collect(Collectors.groupingBy(Level::copies, TreeMap::new, Collectors.toList()));
  }

  private static Series series(
      String name, Drawn drawn, List<Level> levels, Function<Level, Point> point) {
    return new Series(name, drawn, levels.stream().map(point).toList());
  }
}
