package tweedie.driver.evaluate.likelihood;

import java.util.Formatter;

/** A density of images as a table for a person. */
record LikelihoodTable(LikelihoodResult measured) {

  String text() {
    Formatter text = new Formatter();
    LikelihoodResult.Subject subject = measured.subject();
    LikelihoodResult.Bits bits = measured.bitsPerDimension();
    String unit =
        measured.offset() == 0 ? "bits per dimension (of a density)" : "bits per dimension";
    text.format(
        "Likelihood of %d images of %s (%s), %d values each, under %s%n",
        measured.images(),
        subject.data(),
        subject.trainedOn() ? "trained on" : "not trained on",
        subject.dimension(),
        subject.model());
    text.format("  %s%n", measured.density());
    text.format(
        "  noise from %.4g to %.4g, %s, %s, %.0f calls an image%s%n",
        measured.sigmaMin(),
        measured.sigmaMax(),
        measured.solver(),
        measured.divergence(),
        measured.callsPerImage(),
        subject.repeats() > 1 ? ", %d dequantizations".formatted(subject.repeats()) : "");
    if (measured.ofFlow() != null) {
      FlowBits flow = measured.ofFlow();
      text.format(
          "%s: %.4f%s, of which %+.4f for the error of the solver%n",
          unit,
          flow.value(),
          flow.error() == null
              ? ""
              : " (95 %% interval %.4f to %.4f)".formatted(flow.low(), flow.high()),
          flow.ofSolver());
      unit = "with these steps alone";
    }
    text.format(
        "%s: %.4f%s%s%n",
        unit,
        bits.value(),
        bits.error() == null
            ? ""
            : " +- %.4f (95 %% interval %.4f to %.4f)"
                .formatted(LikelihoodResult.NORMAL_95 * bits.error(), bits.low(), bits.high()),
        measured.offset() == 0
            ? ""
            : "; %.0f of them for pixels in [0, 1]".formatted(measured.offset()));
    text.format(
        "log density: %.4f nats an image%s%n",
        measured.natsPerImage().value(),
        measured.natsPerImage().error() == null
            ? ""
            : ", standard error %.2g".formatted(measured.natsPerImage().error()));
    text.format(
        "standard error in bits per dimension: all %s, of it probes %s, dequantizations and probes"
            + " %s%n",
        said(bits.error()), said(bits.errorOfProbes()), said(bits.errorOfRepeats()));
    for (LikelihoodResult.Sensitivity other : measured.sensitivity()) {
      text.format(
          "%s: %+.4f bits per dimension, standard error %s, on %d images%s%n",
          other.what(),
          other.difference(),
          said(other.error()),
          other.images(),
          other.errorOfProbes() == null
              ? ""
              : "; one probe of one image is off by %s".formatted(said(other.errorOfProbes())));
    }
    text.format(
        "where the flow ends: squared radius %.4f of what it should be; the moments of the data are"
            + " worth %.2g bits per dimension there%n",
        measured.tails().squaredRadius(), measured.tails().momentsOfData());
    if (!measured.copies().isEmpty()) {
      text.format(
          "noisy copies: log density in nats for each value, of their mean and of all of them%n");
      text.format("%4s %10s %10s %8s %22s %22s%n", "m", "sigma", "s", "images", "mean", "copies");
      for (LikelihoodResult.OfCopies of : measured.copies()) {
        text.format(
            "%4d %10.4g %10.4g %8d %22s %22s%n",
            of.m(),
            of.sigma(),
            of.s(),
            of.images(),
            "%.4f +- %s".formatted(of.natsOfMean(), said(of.error())),
            "%.4f +- %s".formatted(of.natsOfCopies(), said(of.errorOfCopies())));
      }
    }
    return text.toString().stripTrailing();
  }

  private static String said(Double number) {
    return number == null ? "unknown" : "%.2g".formatted(number);
  }
}
