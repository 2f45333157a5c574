package tweedie.driver.evaluate.samples;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tweedie.data.MayBeAbsent;
import tweedie.driver.evaluate.Measurement;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.MultipleTests;
import tweedie.evaluate.samples.Accuracy;
import tweedie.evaluate.samples.ClassHistogram;
import tweedie.evaluate.samples.ClassHistogram.ChiSquare;

/**
 * What was measured of one set of samples; each number stands beside that of real images (the
 * floor) and of samples that are wrong on purpose.
 *
 * @param name of the samples
 * @param source where they were read
 * @param samples how many there are
 * @param measured how many of them, of real images and of wrong samples were compared
 * @param data the real images
 * @param trainedOn whether the model was trained on these
 * @param classifier how good it is, on images it was not trained on; empty where there is none
 * @param metrics the distances
 * @param histograms of classes or modes
 * @param asked what became of samples that were asked to be of a class, of all and of each; empty
 *     where none was
 * @param nearest the samples that lie nearest to training images, the nearest first; empty where
 *     that is not known
 * @param seconds it took
 * @param overrides settings that were not the run's
 */
public record SamplesResult(
    String name,
    String source,
    long samples,
    int measured,
    String data,
    boolean trainedOn,
    @MayBeAbsent List<ClassifierReport> classifier,
    @MayBeAbsent List<Metric> metrics,
    @MayBeAbsent List<Histogram> histograms,
    @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_EMPTY) List<AskedClass> asked,
    // one alone, in an early version
    @MayBeAbsent @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        List<Nearest> nearest,
    double seconds,
    @MayBeAbsent List<String> overrides)
    implements Measurement.Result {

  /** An accuracy that tells nothing. */
  private static final double EVEN = 0.5;

  /** Least p-value that is no evidence. */
  private static final double SURELY = 0.05;

  /** Samples at less of the distance of unseen images lie too near to the training data. */
  private static final double NEARER = 0.9;

  /** Files of earlier versions say less. */
  public SamplesResult {
    if (name.contains("/")) {
      throw new IllegalArgumentException("name is no name of samples: " + name);
    }
    classifier = classifier == null ? List.of() : classifier;
    metrics = metrics == null ? List.of() : metrics;
    histograms = histograms == null ? List.of() : histograms;
    asked = asked == null ? List.of() : asked;
    nearest = nearest == null ? List.of() : nearest;
    overrides = overrides == null ? List.of() : overrides;
    Iterator<double[]> adjusted = adjusted(metrics, histograms).iterator();
    metrics =
        metrics.stream()
            .map(metric -> metric.pValue() == null ? metric : metric.adjusted(adjusted.next()))
            .toList();
    histograms = histograms.stream().map(histogram -> histogram.adjusted(adjusted.next())).toList();
  }

  /** Holm's p-values of all tests, those of each set by themselves. */
  private static List<double[]> adjusted(List<Metric> metrics, List<Histogram> histograms) {
    List<double[]> raw =
        Stream.concat(
                metrics.stream().map(Metric::pValue).filter(Objects::nonNull),
                histograms.stream().map(Histogram::pValue))
            .toList();
    List<double[]> adjusted = raw.stream().map(double[]::clone).toList();
    for (int set = 0; set < ComparedRows.COMPARED; set++) {
      int column = set;
      double[] holm =
          MultipleTests.holm(raw.stream().mapToDouble(pValues -> pValues[column]).toArray());
      for (int test = 0; test < holm.length; test++) {
        adjusted.get(test)[set] = holm[test];
      }
    }
    return adjusted;
  }

  /**
   * A number of three sets against the same real images.
   *
   * @param metric its name
   * @param of what it is measured on
   * @param pValue how likely a number as far out is where samples, real, wrong were drawn like the
   *     real images; null where there is no test
   * @param pHolm the same, adjusted for all tests of the set by Holm's method
   */
  public record Metric(
      Quantity metric,
      Aspect of,
      Estimate samples,
      Estimate real,
      Estimate wrong,
      @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) double[] pValue,
      @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) double[] pHolm) {

    /** A p-value for each set, or none. */
    public Metric {
      if (pValue != null && pValue.length != ComparedRows.COMPARED) {
        throw new IllegalArgumentException("a metric has %d p-values".formatted(pValue.length));
      }
    }

    private Metric adjusted(double[] holm) {
      return new Metric(metric, of, samples, real, wrong, pValue, holm);
    }
  }

  /**
   * Accuracy of the classifier with its 95 % interval.
   *
   * @param on which images
   */
  public record ClassifierReport(String on, int images, Estimate accuracy) {

    ClassifierReport(String on, Accuracy accuracy) {
      this(on, accuracy.images(), accuracy.estimate());
    }
  }

  /**
   * Counts of classes or modes.
   *
   * @param of classes or modes
   * @param names of the first of them or all; empty where they have none
   * @param shares of the modes; of the classes that the classifier sees in the real images that all
   *     sets are compared with
   * @param chiSquare of samples, real, wrong against these
   * @param pValue of the chi-squares
   * @param pHolm the same, adjusted for all tests of the set by Holm's method
   */
  public record Histogram(
      Aspect of,
      @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> names,
      double[] shares,
      long[] samples,
      long[] real,
      long[] wrong,
      double[] chiSquare,
      double[] pValue,
      @MayBeAbsent double[] pHolm) {

    /** A count of each set for every share, a chi-square for every set. */
    public Histogram {
      if (samples.length != shares.length
          || real.length != shares.length
          || wrong.length != shares.length
          || chiSquare.length != ComparedRows.COMPARED
          || pValue.length != ComparedRows.COMPARED) {
        throw new IllegalArgumentException("the counts of a histogram are not those of its shares");
      }
      names = names == null ? List.of() : names;
    }

    /** What class or mode {@code k} is called: its number where it has no name. */
    public String name(int k) {
      return k < names.size() ? names.get(k) : Integer.toString(k);
    }

    static Histogram of(
        Aspect of,
        List<String> names,
        double[] shares,
        ClassHistogram[] seen,
        IntFunction<ChiSquare> test) {
      List<ChiSquare> tests = IntStream.range(0, ComparedRows.COMPARED).mapToObj(test).toList();
      return new Histogram(
          of,
          names,
          shares,
          seen[ComparedRows.SAMPLES].counts(),
          seen[ComparedRows.FLOOR].counts(),
          seen[ComparedRows.WRONG].counts(),
          tests.stream().mapToDouble(ChiSquare::value).toArray(),
          tests.stream().mapToDouble(ChiSquare::pValue).toArray(),
          null);
    }

    private Histogram adjusted(double[] holm) {
      return new Histogram(of, names, shares, samples, real, wrong, chiSquare, pValue, holm);
    }
  }

  /** A sample and the training image that it lies nearest to. */
  public record Nearest(int sample, long trainingImage, double distance) {}

  /** What the numbers say of samples that are copies, in sentences; none where they say nothing. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    for (Metric metric : metrics) {
      Estimate of = metric.samples();
      if (metric.metric() == Quantity.C2ST
          && of.value() < EVEN
          && metric.pHolm() != null
          && metric.pHolm()[ComparedRows.SAMPLES] < SURELY) {
        warnings.add(
            "The samples look like copies of the real images: C2ST on %s is right on %s, fewer than one half."
                .formatted(metric.of().label(), number(of)));
      } else if (metric.metric() == Quantity.DISTANCE_RATIO && of.high() < NEARER) {
        warnings.add(
            "The samples look like copies of the training images: they lie at %s of the distance of real images."
                .formatted(number(of)));
      }
    }
    return warnings;
  }

  @Override
  public String table() {
    Formatter text = new Formatter();
    text.format(
        "%s: %d samples, %d measured against as many of %s (%s)%n",
        name, samples, measured, data, trainedOn ? "trained on" : "not trained on");
    for (ClassifierReport report : classifier) {
      text.format(
          "classifier: %s right on %d %s%n",
          number(report.accuracy()), report.images(), report.on());
    }
    text.format("%-9s %-32s %-32s %-32s %-32s%n", "", "", "samples", "real (floor)", "wrong");
    for (Metric metric : metrics) {
      text.format(
          "%-9s %-32s %-32s %-32s %-32s%n",
          metric.of().label(),
          metric.metric().label(),
          number(metric.samples()),
          number(metric.real()),
          number(metric.wrong()));
      if (metric.pValue() != null) {
        text.format(
            "%-9s %-32s %-32s %-32s %-32s%n",
            "",
            "  p (Holm's)",
            tested(metric, ComparedRows.SAMPLES),
            tested(metric, ComparedRows.FLOOR),
            tested(metric, ComparedRows.WRONG));
      }
    }
    histograms.forEach(histogram -> append(text, histogram));
    asked.forEach(
        of ->
            text.format(
                "%-9s %-32s %-32s confidence %s%n",
                of == asked.get(0) ? "asked for" : "",
                "%s, recognised of %d".formatted(of.name(), of.images()),
                number(of.recognised()),
                number(of.confidence())));
    nearest.stream()
        .findFirst()
        .ifPresent(
            pair ->
                text.format(
                    "nearest: sample %d lies %.4g from training image %d%n",
                    pair.sample(), pair.distance(), pair.trainingImage()));
    warnings().forEach(warning -> text.format("%s%n", warning));
    return text.toString().stripTrailing();
  }

  private static String tested(Metric metric, int set) {
    return "%.2g (%.2g)".formatted(metric.pValue()[set], metric.pHolm()[set]);
  }

  private void append(Formatter text, Histogram histogram) {
    text.format("%-9s %-32s", histogram.of().label(), "chi-square, p (Holm's)");
    for (int set = 0; set < histogram.chiSquare().length; set++) {
      text.format(
          " %-32s",
          "%.4g, %.2g (%.2g)"
              .formatted(
                  histogram.chiSquare()[set], histogram.pValue()[set], histogram.pHolm()[set]));
    }
    text.format("%n");
    for (int k = 0; k < histogram.shares().length; k++) {
      text.format(
          "%-9s %-32s %-32s %-32s %-32s%n",
          "",
          "%s, expected %.4f".formatted(histogram.name(k), histogram.shares()[k]),
          share(histogram.samples()[k]),
          share(histogram.real()[k]),
          share(histogram.wrong()[k]));
    }
  }

  private String share(long count) {
    return "%d (%.4f)".formatted(count, (double) count / measured);
  }

  private static String number(Estimate estimate) {
    return "%.4g (%.3g to %.3g)".formatted(estimate.value(), estimate.low(), estimate.high());
  }
}
