package tweedie.driver.evaluate.samples;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Formatter;
import java.util.List;
import tweedie.data.MayBeAbsent;
import tweedie.driver.evaluate.Measurement;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.samples.Accuracy;

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
    // one alone, in an early version
    @MayBeAbsent @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        List<Nearest> nearest,
    double seconds,
    @MayBeAbsent List<String> overrides)
    implements Measurement.Result {

  /** Files of earlier versions say less. */
  public SamplesResult {
    if (name.contains("/")) {
      throw new IllegalArgumentException("name is no name of samples: " + name);
    }
    classifier = classifier == null ? List.of() : classifier;
    metrics = metrics == null ? List.of() : metrics;
    histograms = histograms == null ? List.of() : histograms;
    nearest = nearest == null ? List.of() : nearest;
    overrides = overrides == null ? List.of() : overrides;
  }

  /**
   * A number of three sets against the same real images.
   *
   * @param metric its name
   * @param of what it is measured on
   * @param pValue how likely a number at least as large is where samples, real, wrong were drawn
   *     like the real images; null where there is no test
   */
  public record Metric(
      Quantity metric,
      Aspect of,
      Estimate samples,
      Estimate real,
      Estimate wrong,
      @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) double[] pValue) {

    /** A p-value for each set, or none. */
    public Metric {
      if (pValue != null && pValue.length != ComparedRows.COMPARED) {
        throw new IllegalArgumentException("a metric has %d p-values".formatted(pValue.length));
      }
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
   * @param shares of the data
   * @param chiSquare of samples, real, wrong against the shares
   * @param pValue of the chi-squares
   */
  public record Histogram(
      Aspect of,
      double[] shares,
      long[] samples,
      long[] real,
      long[] wrong,
      double[] chiSquare,
      double[] pValue) {

    /** A count of each set for every share, a chi-square for every set. */
    public Histogram {
      if (samples.length != shares.length
          || real.length != shares.length
          || wrong.length != shares.length
          || chiSquare.length != ComparedRows.COMPARED
          || pValue.length != ComparedRows.COMPARED) {
        throw new IllegalArgumentException("the counts of a histogram are not those of its shares");
      }
    }
  }

  /** A sample and the training image that it lies nearest to. */
  public record Nearest(int sample, long trainingImage, double distance) {}

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
    text.format("%-9s %-26s %-20s %-20s %-20s%n", "", "", "samples", "real (floor)", "wrong");
    for (Metric metric : metrics) {
      text.format(
          "%-9s %-26s %-20s %-20s %-20s%n",
          metric.of().label(),
          metric.metric().label(),
          number(metric.samples()),
          number(metric.real()),
          number(metric.wrong()));
      if (metric.pValue() != null) {
        text.format(
            "%-9s %-26s %-20s %-20s %-20s%n",
            "",
            "  p",
            "%.2g".formatted(metric.pValue()[ComparedRows.SAMPLES]),
            "%.2g".formatted(metric.pValue()[ComparedRows.FLOOR]),
            "%.2g".formatted(metric.pValue()[ComparedRows.WRONG]));
      }
    }
    histograms.forEach(histogram -> append(text, histogram));
    nearest.stream()
        .findFirst()
        .ifPresent(
            pair ->
                text.format(
                    "nearest: sample %d lies %.4g from training image %d%n",
                    pair.sample(), pair.distance(), pair.trainingImage()));
    return text.toString().stripTrailing();
  }

  private void append(Formatter text, Histogram histogram) {
    text.format("%-9s %-26s", histogram.of().label(), "chi-square (p)");
    for (int set = 0; set < histogram.chiSquare().length; set++) {
      text.format(
          " %-20s", "%.4g (%.2g)".formatted(histogram.chiSquare()[set], histogram.pValue()[set]));
    }
    text.format("%n");
    for (int k = 0; k < histogram.shares().length; k++) {
      text.format(
          "%-9s %-26s %-20s %-20s %-20s%n",
          "",
          "%d, %.4f of the data".formatted(k, histogram.shares()[k]),
          share(histogram.samples()[k]),
          share(histogram.real()[k]),
          share(histogram.wrong()[k]));
    }
  }

  private String share(long count) {
    return "%d (%.4f)".formatted(count, (double) count / measured);
  }

  private static String number(Estimate estimate) {
    return "%.4g +- %.2g".formatted(estimate.value(), estimate.halfWidth());
  }
}
