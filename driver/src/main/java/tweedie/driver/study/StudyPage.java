package tweedie.driver.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import tweedie.driver.config.Settings.Hypothesis;
import tweedie.driver.page.Chart;
import tweedie.driver.page.Chart.Axis;
import tweedie.driver.page.Chart.Drawn;
import tweedie.driver.page.Chart.Point;
import tweedie.driver.page.Chart.Series;
import tweedie.driver.page.NumberText;
import tweedie.driver.page.Page;
import tweedie.driver.page.Table;
import tweedie.driver.study.StudyTable.Comparison;
import tweedie.driver.study.StudyTable.Metric;
import tweedie.driver.study.StudyTable.Spread;

/**
 * The page of a study.
 *
 * @param refreshSeconds 0: it is done
 * @param about how the numbers were made
 * @param sections one for each question that was asked
 * @param times what trainings cost
 */
record StudyPage(
    String title, int refreshSeconds, String about, List<Section> sections, Table times) {

  /**
   * A question.
   *
   * @param question in words
   * @param meaning how its charts are read
   * @param charts of each data set
   * @param table of all comparisons
   */
  record Section(String question, String meaning, List<Chart> charts, Table table) {}

  /** The page of this table as HTML that needs nothing besides itself. */
  static String html(StudyTable table) {
    return Page.html("study", of(table));
  }

  private static StudyPage of(StudyTable table) {
    List<Section> sections = new ArrayList<>();
    for (Hypothesis question : Hypothesis.values()) {
      List<Comparison> asked =
          table.comparisons().stream().filter(one -> one.question() == question).toList();
      List<Spread> spreads = question == Hypothesis.DRAWS ? table.gradients() : List.of();
      if (asked.isEmpty() && spreads.isEmpty()) {
        continue;
      }
      List<Chart> charts = new ArrayList<>();
      for (String data : asked.stream().map(Comparison::data).distinct().toList()) {
        List<Comparison> ofData = asked.stream().filter(one -> one.data().equals(data)).toList();
        charts.add(
            question == Hypothesis.INFORMATION ? errors(data, ofData) : changes(data, ofData));
      }
      for (String data : spreads.stream().map(Spread::data).distinct().toList()) {
        charts.add(spread(data, spreads.stream().filter(one -> one.data().equals(data)).toList()));
      }
      sections.add(new Section(words(question), meaning(question), charts, comparisons(asked)));
    }
    return new StudyPage(
        "Do more noisy samples give better score estimates?",
        0,
        "%d pairs: trainings of one seed that differ in one thing. Intervals are 95 %% bootstrap intervals of the mean difference within pairs, each for itself: of twenty where nothing differs, about one leaves out 0."
            .formatted(table.seeds()),
        sections,
        times(table));
  }

  private static String words(Hypothesis question) {
    return switch (question) {
      case INFORMATION -> "Do more copies of one sigma tell more?";
      case MATCHED -> "Do more copies help where their mean has the same noise?";
      case DRAWS -> "Do several draws of noise for each image help?";
      case STABLE -> "Do targets averaged over a reference help?";
    };
  }

  private static String meaning(Hypothesis question) {
    return switch (question) {
      case INFORMATION ->
          "Denoising error of networks that are given m copies of one sigma, or their mean. No estimate can lie below the floor, which falls with sigma / sqrt(m).";
      case MATCHED ->
          "Networks that see m copies stacked, against the network that sees their mean, which holds all that they tell. Above 0 the stack is worse.";
      case DRAWS ->
          "K draws for each image against one, and against as many other images (fresh); then the spread of the gradient. Below 0 the variant is better.";
      case STABLE ->
          "Networks trained on stable targets against plain ones. Below 0 stable targets are better.";
    };
  }

  private static Chart errors(String data, List<Comparison> comparisons) {
    List<Series> series = new ArrayList<>();
    Comparison first = comparisons.get(0);
    for (String input : List.of("mean", "stacked")) {
      List<Point> points = new ArrayList<>(List.of(Point.of(1, first.controlMean())));
      comparisons.stream()
          .filter(one -> one.variant().startsWith(input))
          .forEach(one -> points.add(Point.of(one.copies(), one.variantMean())));
      series.add(new Series(input, Drawn.LINE, points));
    }
    List<Point> floor =
        comparisons.stream()
            .filter(one -> one.floor() != null && one.variant().equals("mean"))
            .map(one -> Point.of(one.copies(), one.floor()))
            .toList();
    if (!floor.isEmpty()) {
      series.add(new Series("floor", Drawn.DASHED, floor));
    }
    return new Chart(
        data, "Mean over the pairs.", Axis.log("copies m"), Axis.log("error per pixel"), series);
  }

  private static Chart changes(String data, List<Comparison> comparisons) {
    Metric metric = comparisons.get(0).metric();
    List<String> pairs = comparisons.stream().map(StudyPage::against).distinct().toList();
    List<Series> series = new ArrayList<>();
    for (String pair : pairs) {
      series.add(
          new Series(
              pair,
              Drawn.LINE,
              comparisons.stream()
                  .filter(one -> against(one).equals(pair))
                  .map(
                      one -> new Point(one.s(), one.percent(), one.percentLow(), one.percentHigh()))
                  .toList()));
    }
    return new Chart(
        data,
        metric == Metric.FISHER
            ? "Change of the Fisher divergence from the true score."
            : "Change of the denoising error on images that were not trained on.",
        Axis.log("noise s of the mean"),
        Axis.linear("percent of the control's"),
        series);
  }

  private static String against(Comparison one) {
    return one.variant() + " against " + one.control();
  }

  private static Chart spread(String data, List<Spread> spreads) {
    Function<Function<Spread, Double>, List<Point>> points =
        value -> spreads.stream().map(one -> Point.of(one.draws(), value.apply(one))).toList();
    return new Chart(
        data + ": spread of the gradient",
        "Trace of its covariance, in units of that with one draw.",
        Axis.log("draws K for each image"),
        Axis.log("trace"),
        List.of(
            new Series(
                "K draws for each image",
                Drawn.LINE,
                spreads.stream()
                    .map(one -> new Point(one.draws(), one.ofImages(), one.low(), one.high()))
                    .toList()),
            new Series("predicted", Drawn.DASHED, points.apply(Spread::predicted)),
            new Series("given images", Drawn.LINE, points.apply(Spread::givenImages)),
            new Series("K times as many images", Drawn.LINE, points.apply(Spread::ofFresh))));
  }

  private static Table comparisons(List<Comparison> comparisons) {
    return new Table(
        List.of(
            "data",
            "variant against control",
            "copies",
            "s",
            "metric",
            "control",
            "variant",
            "difference (95 %)",
            "percent (95 %)",
            "says"),
        comparisons.stream()
            .map(
                one ->
                    List.of(
                        one.data(),
                        against(one),
                        Integer.toString(one.copies()),
                        NumberText.text(one.s()),
                        one.metric().name().toLowerCase(Locale.ROOT),
                        NumberText.text(one.controlMean()),
                        NumberText.text(one.variantMean()),
                        "%s (%s)"
                            .formatted(
                                NumberText.text(one.difference()),
                                NumberText.range(one.low(), one.high())),
                        "%s (%s)"
                            .formatted(
                                NumberText.text(one.percent()),
                                NumberText.range(one.percentLow(), one.percentHigh())),
                        one.verdict()))
            .toList());
  }

  private static Table times(StudyTable table) {
    return new Table(
        List.of("data", "training", "parameters", "seconds"),
        table.times().stream()
            .map(
                time ->
                    List.of(
                        time.data(),
                        time.variant(),
                        NumberText.count(time.parameters()),
                        NumberText.text(time.seconds())))
            .toList());
  }
}
