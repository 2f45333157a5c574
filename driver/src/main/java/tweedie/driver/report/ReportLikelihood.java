package tweedie.driver.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tweedie.driver.evaluate.likelihood.FlowBits;
import tweedie.driver.evaluate.likelihood.LikelihoodResult;
import tweedie.driver.evaluate.likelihood.LikelihoodResult.Bits;
import tweedie.driver.evaluate.likelihood.LikelihoodResult.OfImage;
import tweedie.driver.evaluate.likelihood.LikelihoodResult.Sensitivity;
import tweedie.driver.evaluate.likelihood.LikelihoodResult.Subject;
import tweedie.driver.page.Chart;
import tweedie.driver.page.Chart.Axis;
import tweedie.driver.page.Chart.Drawn;
import tweedie.driver.page.Chart.Point;
import tweedie.driver.page.Chart.Series;
import tweedie.driver.page.NumberText;
import tweedie.driver.page.Table;
import tweedie.driver.report.Recipe.Provenance;

/**
 * What a report shows of the likelihood.
 *
 * @param histogram of the images; null where their values are not there
 */
record ReportLikelihood(Card card, String about, Provenance asked, Table numbers, Chart histogram) {

  private static final int BINS = 30;

  /** The section; the likelihood of each image is empty where it is not there. */
  static ReportLikelihood of(LikelihoodResult measured, List<OfImage> ofImages) {
    Bits bits = measured.bitsPerDimension();
    Subject subject = measured.subject();
    Provenance asked =
        new Provenance(subject.data(), subject.trainedOn(), subject.round(), measured.overrides());
    String images = NumberText.count(measured.images());
    return new ReportLikelihood(
        Card.of(
            "Bits per dimension",
            point(measured),
            "%s images, %s; smoothed at s = %s"
                .formatted(images, asked.seen(), NumberText.text(measured.sigmaMin()))),
        "%s images of %s: %s.".formatted(images, asked.images(), measured.density()),
        asked,
        new Table(List.of("number", "value"), rows(measured)),
        histogram(ofImages));
  }

  private static Point point(Bits bits) {
    return Point.of(0, bits.value(), bits.low(), bits.high());
  }

  /** Of the flow, where the error of its solver was measured. */
  private static Point point(LikelihoodResult measured) {
    FlowBits flow = measured.ofFlow();
    return flow == null
        ? point(measured.bitsPerDimension())
        : Point.of(0, flow.value(), flow.low(), flow.high());
  }

  private static List<List<String>> rows(LikelihoodResult measured) {
    Bits bits = measured.bitsPerDimension();
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("bits per dimension", point(measured).text()));
    if (measured.ofFlow() != null) {
      addKnown(rows, "of it for the error of the solver", measured.ofFlow().ofSolver());
      rows.add(List.of("by the solver alone", point(bits).text()));
    }
    rows.add(List.of("offset in it", NumberText.text(measured.offset())));
    addKnown(rows, "standard error", bits.error());
    addKnown(rows, "of it by probes", bits.errorOfProbes());
    addKnown(rows, "of it by dequantization and probes", bits.errorOfRepeats());
    if (measured.natsPerImage() != null) {
      addKnown(rows, "log density of an image, nats", measured.natsPerImage().value());
      addKnown(rows, "its standard error", measured.natsPerImage().error());
    }
    rows.add(List.of("noise", NumberText.range(measured.sigmaMin(), measured.sigmaMax())));
    rows.add(List.of("solver", measured.solver()));
    rows.add(List.of("divergence", measured.divergence()));
    rows.add(List.of("calls for an image", NumberText.text(measured.callsPerImage())));
    for (Sensitivity other : measured.sensitivity()) {
      rows.add(
          List.of(
              "with " + other.what(),
              "%s bits per dimension more, standard error %s, on %s images"
                  .formatted(
                      NumberText.text(other.difference()),
                      NumberText.text(other.error() == null ? Double.NaN : other.error()),
                      NumberText.count(other.images()))));
    }
    if (measured.tails() != null) {
      addKnown(
          rows,
          "squared distance from the mean at the end of the flow, over what it should be",
          measured.tails().squaredRadius());
      addKnown(
          rows,
          "bits that mean and variance of the data are worth there",
          measured.tails().momentsOfData());
    }
    return rows;
  }

  private static void addKnown(List<List<String>> rows, String label, Double number) {
    if (number != null && Double.isFinite(number)) {
      rows.add(List.of(label, NumberText.text(number)));
    }
  }

  /** Null where there are too few different numbers. */
  private static Chart histogram(List<OfImage> images) {
    double[] bits =
        images.stream()
            .mapToDouble(OfImage::bitsPerDimension)
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    if (bits.length < 2 || bits[0] == bits[bits.length - 1]) {
      return null;
    }
    double width = (bits[bits.length - 1] - bits[0]) / BINS;
    long[] counts = new long[BINS];
    for (double value : bits) {
      counts[Math.min(BINS - 1, (int) ((value - bits[0]) / width))]++;
    }
    return new Chart(
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
                    .toList())));
  }
}
