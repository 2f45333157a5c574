package tweedie.driver.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import tweedie.driver.evaluate.samples.Sets;
import tweedie.driver.page.Chart;
import tweedie.driver.page.Chart.Axis;
import tweedie.driver.page.Chart.Drawn;
import tweedie.driver.page.Chart.Point;
import tweedie.driver.page.Chart.Series;
import tweedie.driver.page.Numbers;
import tweedie.driver.page.Table;
import tweedie.driver.run.RunDirectory;
import tweedie.driver.run.SampleDirectory;

/** What a report shows of {@code evaluation/}, as the files say it. */
final class ReportEvaluation {

  private static final int BINS = 30;

  private final RunDirectory run;
  private final Configuration hadoop;

  ReportEvaluation(RunDirectory run, Configuration hadoop) {
    this.run = run;
    this.hadoop = hadoop;
  }

  /**
   * What the command was told that measured something.
   *
   * @param data the real images
   * @param trainedOn whether these were trained on
   * @param model that was measured; empty for samples
   * @param overrides settings that were not the run's
   */
  record Asked(String data, boolean trainedOn, String model, List<String> overrides) {

    private static Asked of(JsonNode subject, JsonNode read) {
      List<String> overrides = new ArrayList<>();
      read.path("overrides").forEach(override -> overrides.add(override.asText()));
      return new Asked(
          subject.path("data").asText(),
          subject.path("trained_on").asBoolean(),
          subject.path("model").asText(),
          overrides);
    }
  }

  /**
   * Samples beside real images.
   *
   * @param name of the samples
   * @param samples what the command takes for them
   * @param asked what the command was told
   * @param about what was compared
   * @param metrics all numbers
   * @param classes how many of each class or mode; null where there are none
   * @param nearest to training images; null where that is not known
   */
  record Quality(
      String name,
      String samples,
      Asked asked,
      String about,
      Table metrics,
      Chart classes,
      NearestPairs nearest) {}

  /**
   * Likelihood.
   *
   * @param card the number to look at first
   * @param about what was measured
   * @param asked what the command was told
   * @param numbers the rest
   * @param histogram of the images; null where their values are not there
   */
  record Likelihood(
      ReportPage.Card card, String about, Asked asked, Table numbers, Chart histogram) {}

  /** The error of the score. */
  record Score(String about, Asked asked, List<Chart> charts) {}

  private List<JsonNode> samples() throws IOException {
    List<JsonNode> read = new ArrayList<>();
    for (FileStatus file : run.found("evaluation/samples-*.json")) {
      read.add(run.json(file.getPath()));
    }
    return read;
  }

  private Optional<JsonNode> read(String name) throws IOException {
    Path file = new Path(run.path(), "evaluation/" + name);
    return run.files().exists(file) ? Optional.of(run.json(file)) : Optional.empty();
  }

  static Point point(double x, JsonNode estimate) {
    return new Point(
        x,
        estimate.path("value").asDouble(Double.NaN),
        number(estimate.path("low")),
        number(estimate.path("high")));
  }

  private static Double number(JsonNode node) {
    return node.isNumber() ? node.doubleValue() : null;
  }

  static String text(JsonNode estimate) {
    return point(0, estimate).text();
  }

  private static String images(JsonNode evaluated) {
    return "%s (%s)".formatted(evaluated.path("data").asText(), seen(evaluated));
  }

  private static String seen(JsonNode evaluated) {
    return evaluated.path("trained_on").asBoolean() ? "trained on" : "not trained on";
  }

  /** The set of samples that is nearest to real images, by the distance of their values. */
  List<ReportPage.Card> cards() throws IOException {
    ReportPage.Card best = null;
    double least = Double.POSITIVE_INFINITY;
    for (JsonNode set : samples()) {
      for (JsonNode metric : set.path("metrics")) {
        double value = metric.path("samples").path("value").asDouble();
        if (metric.path("metric").asText().equals("sliced W2")
            && !metric.path("of").asText().equals("features")
            && value < least) {
          least = value;
          best =
              ReportPage.Card.of(
                  "Sliced W2 of " + metric.path("of").asText(),
                  metric.path("samples"),
                  "%s, %s images; other real images: %s"
                      .formatted(
                          set.path("name").asText(),
                          Numbers.count(set.path("measured").asLong()),
                          text(metric.path("real"))));
        }
      }
    }
    return best == null ? List.of() : List.of(best);
  }

  /** Every set of samples that was measured. */
  List<Quality> quality(String trainingData) throws IOException {
    List<Quality> all = new ArrayList<>();
    for (JsonNode set : samples()) {
      List<List<String>> rows = new ArrayList<>();
      for (JsonNode metric : set.path("metrics")) {
        rows.add(
            List.of(
                metric.path("of").asText(),
                metric.path("metric").asText(),
                tested(metric, "samples", Sets.SAMPLES),
                tested(metric, "real", Sets.FLOOR),
                tested(metric, "wrong", Sets.WRONG)));
      }
      String name = set.path("name").asText();
      boolean drawn = run.files().exists(new Path(run.path(), "samples/" + name));
      all.add(
          new Quality(
              name,
              drawn ? name : set.path("source").asText(),
              Asked.of(set, set),
              "%s of %s samples against as many images of %s."
                  .formatted(
                      Numbers.count(set.path("measured").asLong()),
                      Numbers.count(set.path("samples").asLong()),
                      images(set)),
              new Table(List.of("on", "metric", "samples", "real (floor)", "wrong"), rows),
              classes(set),
              nearest(set, trainingData).orElse(null)));
    }
    return all;
  }

  private Optional<NearestPairs> nearest(JsonNode set, String trainingData) throws IOException {
    Path samples = new Path(run.path(), "samples/" + set.path("name").asText());
    return trainingData.isEmpty()
        ? Optional.empty()
        : NearestPairs.of(
            set, new SampleDirectory(run.files(), samples), new Path(trainingData), hadoop);
  }

  private static Chart classes(JsonNode set) {
    JsonNode histogram = set.path("histograms").path(0);
    if (histogram.isMissingNode()) {
      return null;
    }
    String of = histogram.path("of").asText();
    List<String> names =
        IntStream.range(0, histogram.path("shares").size()).mapToObj(Integer::toString).toList();
    return new Chart(
        "%s of %s".formatted(of, set.path("name").asText()),
        "Counts. Chi-square against the shares of the data: p = %s for samples, %s for real images."
            .formatted(
                Numbers.text(histogram.path("p_value").path(0).asDouble()),
                Numbers.text(histogram.path("p_value").path(1).asDouble())),
        Axis.of(of, names),
        Axis.linear("count"),
        List.of(
            counts("samples", histogram.path("samples")), counts("real", histogram.path("real"))));
  }

  private static Series counts(String name, JsonNode counts) {
    return new Series(
        name,
        Drawn.BARS,
        IntStream.range(0, counts.size())
            .mapToObj(k -> Point.of(k, counts.path(k).asDouble()))
            .toList());
  }

  /** An estimate and, where there is a test, how likely it is by chance. */
  private static String tested(JsonNode metric, String set, int number) {
    JsonNode chance = metric.path("p_value").path(number);
    return text(metric.path(set))
        + (chance.isNumber() ? ", p\u00a0=\u00a0" + Numbers.text(chance.doubleValue()) : "");
  }

  /** Quality over calls of the denoiser; empty for fewer than two methods. */
  List<Chart> byCalls(List<ReportSamples> drawn) throws IOException {
    return new QualityByCalls(samples(), drawn).charts();
  }

  /** Bits per dimension, as {@code evaluate --what likelihood} wrote them. */
  Optional<Likelihood> likelihood() throws IOException {
    Optional<JsonNode> found = read("likelihood.json");
    if (found.isEmpty()) {
      return Optional.empty();
    }
    JsonNode read = found.get();
    JsonNode bits = read.path("bits_per_dimension");
    JsonNode subject = read.path("subject");
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("bits per dimension", text(bits)));
    rows.add(List.of("offset in it", Numbers.text(read.path("offset").asDouble())));
    addKnown(rows, "standard error", bits.path("error"));
    addKnown(rows, "of it by probes", bits.path("error_of_probes"));
    addKnown(rows, "of it by dequantization and probes", bits.path("error_of_repeats"));
    JsonNode nats = read.path("nats_per_image");
    addKnown(rows, "log density of an image, nats", nats.path("value"));
    addKnown(rows, "its standard error", nats.path("error"));
    rows.add(
        List.of(
            "noise",
            Numbers.range(
                read.path("sigma_min").asDouble(Double.NaN),
                read.path("sigma_max").asDouble(Double.NaN))));
    rows.add(List.of("solver", read.path("solver").asText()));
    rows.add(List.of("divergence", read.path("divergence").asText()));
    rows.add(
        List.of(
            "calls for an image", Numbers.text(read.path("calls_per_image").asDouble(Double.NaN))));
    for (JsonNode other : read.path("sensitivity")) {
      rows.add(
          List.of(
              "with " + other.path("what").asText(),
              "%s bits per dimension more, standard error %s, on %s images"
                  .formatted(
                      Numbers.text(other.path("difference").asDouble()),
                      Numbers.text(other.path("error").asDouble(Double.NaN)),
                      Numbers.count(other.path("images").asLong()))));
    }
    JsonNode tails = read.path("tails");
    addKnown(
        rows,
        "squared distance from the mean at the end of the flow, over what it should be",
        tails.path("squared_radius"));
    addKnown(
        rows,
        "bits that mean and variance of the data are worth there",
        tails.path("moments_of_data"));
    String about =
        "%s images of %s: %s."
            .formatted(
                Numbers.count(read.path("images").asLong()),
                images(subject),
                read.path("density").asText());
    return Optional.of(
        new Likelihood(
            ReportPage.Card.of(
                "Bits per dimension",
                bits,
                "%s images, %s; smoothed at s = %s"
                    .formatted(
                        Numbers.count(read.path("images").asLong()),
                        seen(subject),
                        Numbers.text(read.path("sigma_min").asDouble(Double.NaN)))),
            about,
            Asked.of(subject, read),
            new Table(List.of("number", "value"), rows),
            histogram().orElse(null)));
  }

  private static void addKnown(List<List<String>> rows, String label, JsonNode number) {
    if (number.isNumber()) {
      rows.add(List.of(label, Numbers.text(number.doubleValue())));
    }
  }

  private Optional<Chart> histogram() throws IOException {
    Path file = new Path(run.path(), "evaluation/likelihood-images.jsonl");
    if (!run.files().exists(file)) {
      return Optional.empty();
    }
    double[] bits =
        run.jsonLines(file).stream()
            .mapToDouble(line -> line.path("bits_per_dimension").asDouble(Double.NaN))
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    if (bits.length < 2 || bits[0] == bits[bits.length - 1]) {
      return Optional.empty();
    }
    double width = (bits[bits.length - 1] - bits[0]) / BINS;
    long[] counts = new long[BINS];
    for (double value : bits) {
      counts[Math.min(BINS - 1, (int) ((value - bits[0]) / width))]++;
    }
    return Optional.of(
        new Chart(
            "Likelihood of each image",
            "How many images have so many bits per dimension; less is likelier.",
            Axis.linear("bits per dimension"),
            Axis.linear("images"),
            List.of(
                new Series(
                    "images",
                    Drawn.BARS,
                    IntStream.range(0, BINS)
                        .mapToObj(bin -> Point.of(bits[0] + (bin + 0.5) * width, counts[bin]))
                        .toList()))));
  }

  /** The score beside the best one, as {@code evaluate --what score} wrote it. */
  Optional<Score> score() throws IOException {
    Optional<JsonNode> found = read("score.json");
    if (found.isEmpty()) {
      return Optional.empty();
    }
    JsonNode read = found.get();
    List<Chart> charts = new ArrayList<>();
    charts.add(
        new Chart(
            "Denoising error beside the least possible",
            "Squared error of a value, in the squared scale of the data, with 95 % intervals."
                + " Excess is that of the score: s\u2074 |score - best score|\u00b2 / d.",
            Axis.log("noise s of the mean of the copies"),
            Axis.log("squared error of a value"),
            errors(read)));
    charts.add(
        new Chart(
            "PSNR at fixed noise of a copy",
            "More copies of the same noise leave less of it. Range of the data %s."
                .formatted(Numbers.text(read.path("range").asDouble())),
            Axis.log("noise sigma of each copy"),
            Axis.linear("PSNR, dB"),
            ratios(read.path("fixed"))));
    return Optional.of(
        new Score(
            "%s on %s images of %s; the floor is the best denoiser of %s."
                .formatted(
                    read.path("model").asText(),
                    Numbers.count(read.path("images").asLong()),
                    images(read),
                    read.path("floor").asText()),
            Asked.of(read, read),
            charts.stream().filter(chart -> !chart.series().isEmpty()).toList()));
  }

  private static List<Series> errors(JsonNode read) {
    TreeMap<Integer, List<JsonNode>> byCopies = byCopies(read.path("matched"));
    List<Series> series = new ArrayList<>();
    byCopies.forEach(
        (m, levels) -> {
          boolean first = m.equals(byCopies.firstKey());
          if (first || read.path("sees_copies").asBoolean()) {
            String name = read.path("sees_copies").asBoolean() ? "model, m = " + m : "model";
            series.add(ofLevels(name, Drawn.LINE, levels, "error"));
            series.add(ofLevels(name + ": excess", Drawn.LINE, levels, "excess"));
          }
          if (first) {
            series.add(ofLevels("floor", Drawn.DASHED, levels, "floor"));
          }
        });
    return series;
  }

  private static TreeMap<Integer, List<JsonNode>> byCopies(JsonNode levels) {
    TreeMap<Integer, List<JsonNode>> byCopies = new TreeMap<>();
    for (JsonNode level : levels) {
      byCopies.computeIfAbsent(level.path("copies").asInt(), none -> new ArrayList<>()).add(level);
    }
    return byCopies;
  }

  private static Series ofLevels(String name, Drawn drawn, List<JsonNode> levels, String number) {
    return new Series(
        name,
        drawn,
        levels.stream()
            .map(level -> point(level.path("s").asDouble(), level.path("score").path(number)))
            .toList());
  }

  private static List<Series> ratios(JsonNode fixed) {
    List<Series> series = new ArrayList<>();
    byCopies(fixed)
        .forEach(
            (m, levels) -> {
              series.add(ratio("m = " + m, Drawn.LINE, levels, "psnr"));
              series.add(ratio("floor, m = " + m, Drawn.DASHED, levels, "psnr_floor"));
            });
    return series;
  }

  private static Series ratio(String name, Drawn drawn, List<JsonNode> levels, String number) {
    return new Series(
        name,
        drawn,
        levels.stream()
            .map(
                level ->
                    Point.of(
                        level.path("sigma").asDouble(), level.path(number).asDouble(Double.NaN)))
            .toList());
  }
}
