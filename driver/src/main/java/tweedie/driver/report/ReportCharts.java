package tweedie.driver.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import tweedie.driver.page.Chart;
import tweedie.driver.page.Chart.Axis;
import tweedie.driver.page.Chart.Drawn;
import tweedie.driver.page.Chart.Point;
import tweedie.driver.page.Chart.Series;
import tweedie.driver.page.NumberText;
import tweedie.train.LossByNoise;
import tweedie.train.round.RoundMetrics;

/** The charts of a training, from the lines of its metrics. */
final class ReportCharts {

  /** More rounds than this are thinned out, the last one stays. */
  private static final int MOST_ROUNDS = 500;

  private static final int CURVES = 8;
  private static final String LOSS = "w(s) |D - x|\u00b2 / d";

  private final List<RoundMetrics> rounds;
  private final RoundMetrics last;

  /**
   * @param rounds at least one
   */
  ReportCharts(List<RoundMetrics> rounds) {
    int stride = (rounds.size() + MOST_ROUNDS - 1) / MOST_ROUNDS;
    this.last = rounds.get(rounds.size() - 1);
    this.rounds =
        rounds.stream().filter(round -> (last.round() - round.round()) % stride == 0).toList();
  }

  /** All that there are numbers for. */
  List<Chart> all() {
    List<Chart> charts = new ArrayList<>();
    charts.add(loss());
    charts.add(errorByNoise());
    charts.add(lossByNoise());
    if (rounds.stream().anyMatch(round -> round.workers() > 1)) {
      charts.add(
          chart(
              "Drift",
              "Root mean square distance of the workers from their mean over the distance that the"
                  + " mean moved, and the cosine between their moves; without unit.",
              Axis.linear("ratio"),
              series("drift", Drawn.LINE, RoundMetrics::drift),
              series("cosine of two workers", Drawn.LINE, RoundMetrics::workerCosine)));
    }
    charts.add(
        chart(
            "Throughput",
            "Images of a round over its seconds, from the start of its Spark job to the average.",
            Axis.linear("images / s"),
            series("images / s", Drawn.LINE, RoundMetrics::imagesPerSecond)));
    if (rounds.stream().filter(round -> round.gradientNoiseScale() != null).count() > 1) {
      charts.add(
          chart(
              "Gradient noise scale",
              "tr(\u03a3) / |G|\u00b2 in images, from the workers' first moments; scatters widely,"
                  + " look at the middle.",
              Axis.log("images"),
              series("noise scale", Drawn.POINTS, RoundMetrics::gradientNoiseScale)));
    }
    charts.add(
        chart(
            "Memory",
            "Resident, heap and off-heap together.",
            Axis.linear("MB"),
            series("largest worker", Drawn.LINE, round -> round.workerBytes() / 1e6),
            series("driver", Drawn.LINE, round -> round.driverBytes() / 1e6)));
    return charts;
  }

  private Series series(String name, Drawn drawn, Function<RoundMetrics, Double> number) {
    return new Series(
        name,
        drawn,
        rounds.stream()
            .filter(round -> number.apply(round) != null)
            .map(round -> Point.of(round.imagesSeen(), number.apply(round)))
            .toList());
  }

  /** Over the images seen, of the series that have points. */
  private static Chart chart(String title, String note, Axis y, Series... series) {
    return new Chart(
        title,
        note,
        Axis.linear("images seen"),
        y,
        Stream.of(series).filter(one -> !one.points().isEmpty()).toList());
  }

  private Chart loss() {
    return chart(
        "Loss",
        "Mean over the images of a round of the weighted squared error %s: a number without unit. Validation is the loss of the moving average of the weights on held-out images."
            .formatted(LOSS),
        Axis.log(LOSS),
        series("training", Drawn.LINE, RoundMetrics::loss),
        series("validation", Drawn.LINE, RoundMetrics::validationLoss));
  }

  private Chart errorByNoise() {
    RoundMetrics validated =
        rounds.stream()
            .filter(round -> round.validationLossByNoise() != null)
            .reduce((earlier, later) -> later)
            .orElse(null);
    List<LossByNoise.Bin> bins =
        validated == null ? last.lossByNoise() : validated.validationLossByNoise();
    List<Series> series = new ArrayList<>();
    if (validated != null) {
      series.add(ofBins("validation", Drawn.LINE, bins, LossByNoise.Bin::error));
    }
    series.add(ofBins("training", Drawn.LINE, last.lossByNoise(), LossByNoise.Bin::error));
    series.add(ofBins("returning the input", Drawn.DASHED, bins, LossByNoise.Bin::inputError));
    series.add(ofBins("answering the mean image", Drawn.DASHED, bins, LossByNoise.Bin::meanError));
    return new Chart(
        "Denoising error by noise",
        "Squared error of a pixel, |D - x|\u00b2 / d, in the scale of the data (pixels in [0, 1]); in round %d, beside two denoisers that need no learning."
            .formatted(validated == null ? last.round() : validated.round()),
        Axis.log("noise s of the mean of the copies"),
        Axis.log("squared error of a pixel"),
        series);
  }

  private static Series ofBins(
      String name,
      Drawn drawn,
      List<LossByNoise.Bin> bins,
      Function<LossByNoise.Bin, Double> number) {
    return new Series(
        name,
        drawn,
        bins.stream()
            .map(bin -> Point.of(Math.sqrt(bin.from() * bin.to()), number.apply(bin)))
            .toList());
  }

  /** The loss of some noise levels over the rounds. */
  private Chart lossByNoise() {
    boolean validated = rounds.stream().anyMatch(round -> round.validationLossByNoise() != null);
    Function<RoundMetrics, List<LossByNoise.Bin>> bins =
        validated ? RoundMetrics::validationLossByNoise : RoundMetrics::lossByNoise;
    double[] from =
        rounds.stream()
            .map(bins)
            .filter(Objects::nonNull)
            .flatMap(List::stream)
            .mapToDouble(LossByNoise.Bin::from)
            .distinct()
            .sorted()
            .toArray();
    int stride = (from.length + CURVES - 1) / CURVES;
    List<Series> series = new ArrayList<>();
    for (int i = stride / 2; i < from.length; i += stride) {
      double lowest = from[i];
      series.add(
          series(
              "s from %s".formatted(NumberText.text(lowest)),
              Drawn.LINE,
              round -> lossOf(bins.apply(round), lowest)));
    }
    return chart(
        "Loss by noise",
        "The %s loss %s in bins of a factor of 2 in s, without unit."
            .formatted(validated ? "validation" : "training", LOSS),
        Axis.log(LOSS),
        series.toArray(Series[]::new));
  }

  private static Double lossOf(List<LossByNoise.Bin> bins, double from) {
    return bins == null
        ? null
        : bins.stream()
            .filter(bin -> bin.from() == from)
            .map(LossByNoise.Bin::loss)
            .findFirst()
            .orElse(null);
  }

  /** A part of the numbers that lie below a share of them. */
  static double quantile(double[] numbers, double share) {
    double[] sorted = Arrays.stream(numbers).sorted().toArray();
    return sorted[(int) Math.round(share * (sorted.length - 1))];
  }
}
