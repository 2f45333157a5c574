package tweedie.driver.evaluate.likelihood;

/** A density of images as a table for a person. */
record LikelihoodTable(LikelihoodResult measured) {

  String text() {
    StringBuilder text = new StringBuilder();
    LikelihoodResult.Subject subject = measured.subject();
    LikelihoodResult.Bits bits = measured.bitsPerDimension();
    String unit =
        measured.offset() == 0 ? "bits per dimension (of a density)" : "bits per dimension";
    line(
        text,
        "Likelihood of %d images of %s (%s), %d values each, under %s",
        measured.images(),
        subject.data(),
        subject.trainedOn() ? "trained on" : "not trained on",
        subject.dimension(),
        subject.model());
    line(text, "  %s", measured.density());
    line(
        text,
        "  noise from %.4g to %.4g, %s, %s, %.0f calls an image%s",
        measured.sigmaMin(),
        measured.sigmaMax(),
        measured.solver(),
        measured.divergence(),
        measured.callsPerImage(),
        subject.repeats() > 1 ? ", %d dequantizations".formatted(subject.repeats()) : "");
    line(
        text,
        "%s: %.4f%s%s",
        unit,
        bits.value(),
        bits.error() == null
            ? ""
            : " +- %.4f (95 %% interval %.4f to %.4f)"
                .formatted(LikelihoodResult.NORMAL_95 * bits.error(), bits.low(), bits.high()),
        measured.offset() == 0
            ? ""
            : "; %.0f of them for pixels in [0, 1]".formatted(measured.offset()));
    line(
        text,
        "log density: %.4f nats an image%s",
        measured.natsPerImage().value(),
        measured.natsPerImage().error() == null
            ? ""
            : ", standard error %.2g".formatted(measured.natsPerImage().error()));
    line(
        text,
        "standard error in bits per dimension: all %s, of it probes %s, dequantizations and probes %s",
        said(bits.error()),
        said(bits.errorOfProbes()),
        said(bits.errorOfRepeats()));
    for (LikelihoodResult.Sensitivity other : measured.sensitivity()) {
      line(
          text,
          "%s: %+.4f bits per dimension, standard error %s, on %d images%s",
          other.what(),
          other.difference(),
          said(other.error()),
          other.images(),
          other.errorOfProbes() == null
              ? ""
              : "; one probe of one image is off by %s".formatted(said(other.errorOfProbes())));
    }
    line(
        text,
        "where the flow ends: squared radius %.4f of what it should be; the moments of the data are worth %.2g bits per dimension there",
        measured.tails().squaredRadius(),
        measured.tails().momentsOfData());
    if (!measured.copies().isEmpty()) {
      line(
          text,
          "noisy copies: log density in nats for each value, of their mean and of all of them");
      line(text, "%4s %10s %10s %8s %22s %22s", "m", "sigma", "s", "images", "mean", "copies");
      for (LikelihoodResult.OfCopies of : measured.copies()) {
        line(
            text,
            "%4d %10.4g %10.4g %8d %22s %22s",
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

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(format.formatted(values)).append('\n');
  }

  private static String said(Double number) {
    return number == null ? "unknown" : "%.2g".formatted(number);
  }
}
