package tweedie.driver.evaluate.likelihood;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import tweedie.driver.evaluate.Measurement;
import tweedie.driver.evaluate.likelihood.LikelihoodTask.Measure;
import tweedie.evaluate.likelihood.ImageDensity;
import tweedie.evaluate.likelihood.MeanDensity;
import tweedie.evaluate.likelihood.PixelScale;
import tweedie.score.CopyNoise;

/**
 * The density of images under a model.
 *
 * @param subject what was measured, on what
 * @param density which density it is, in words
 * @param sigmaMin noise that smooths the data whose density it is
 * @param sigmaMax noise at which the flow ended
 * @param solver how the ODE was solved
 * @param divergence how the trace was found
 * @param images how many images
 * @param bitsPerDimension of them; with the offset where pixels were dequantized
 * @param offset bits per dimension that the scale of the pixels adds to the density, 8 for [0, 1];
 *     0 where no pixels were dequantized
 * @param natsPerImage mean log density, without an offset
 * @param callsPerImage of the denoiser and its Jacobian, mean
 * @param sensitivity what other settings change
 * @param tails what the normal distribution at the end of the flow is worth
 * @param copies joint densities of noisy copies
 * @param batchesKept that an earlier run had measured
 * @param seconds it took
 */
record LikelihoodMeasured(
    Subject subject,
    String density,
    double sigmaMin,
    double sigmaMax,
    String solver,
    String divergence,
    int images,
    Bits bitsPerDimension,
    double offset,
    Nats natsPerImage,
    double callsPerImage,
    List<Sensitivity> sensitivity,
    Tails tails,
    List<OfCopies> copies,
    int batchesKept,
    double seconds)
    implements Measurement.Result {

  private static final double NORMAL_95 = 1.959964;
  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  /**
   * What was measured.
   *
   * @param model its name
   * @param weights a hash of them
   * @param data the images
   * @param fingerprint of the images; null where they were drawn
   * @param trainedOn whether the model was trained on them
   * @param dimension values of an image d
   * @param dequantized whether pixels were dequantized
   * @param repeats how often
   * @param seed of dequantization and probes
   */
  record Subject(
      String model,
      String weights,
      String data,
      String fingerprint,
      boolean trainedOn,
      int dimension,
      boolean dequantized,
      int repeats,
      long seed) {}

  /**
   * A mean in bits per dimension.
   *
   * @param value the mean
   * @param error standard error, of images, dequantizations and probes together; null of one image
   * @param errorOfProbes the part that other probes would change; null with a single probe
   * @param errorOfRepeats the part that other dequantizations and probes would change; null with
   *     one
   * @param low lower end of the 95 % interval; null of one image
   * @param high its upper end
   */
  record Bits(
      double value,
      Double error,
      Double errorOfProbes,
      Double errorOfRepeats,
      Double low,
      Double high) {

    static Bits of(MeanDensity density, double offset, int d) {
      double value = PixelScale.differentialBits(density.mean(), d) + offset;
      Double error = bits(density.error(), d);
      return new Bits(
          value,
          error,
          bits(density.errorOfProbes(), d),
          bits(density.errorOfRepeats(), d),
          error == null ? null : value - NORMAL_95 * error,
          error == null ? null : value + NORMAL_95 * error);
    }
  }

  /** A mean log density in nats, with its standard error; null of one image. */
  record Nats(double value, Double error) {}

  /**
   * What another setting changes.
   *
   * @param what is other
   * @param images measured both ways
   * @param difference in bits per dimension, other minus usual, mean over these images
   * @param error standard error of the difference; null of one image
   * @param errorOfProbes of a single image, by the probes alone, in bits per dimension; null where
   *     there is one probe only
   */
  record Sensitivity(
      String what, int images, double difference, Double error, Double errorOfProbes) {}

  /**
   * The end of the flow.
   *
   * @param momentsOfData bits per dimension that the mean and variance of the data save there
   *     against a normal distribution of the noise alone
   * @param squaredRadius squared distance from the mean over what it should be, mean over the
   *     images: 1 where the flow arrives as it should
   */
  record Tails(double momentsOfData, double squaredRadius) {}

  /**
   * The joint density of noisy copies.
   *
   * @param m number of copies
   * @param sigma noise of each
   * @param s noise of their mean
   * @param images how many
   * @param natsOfMean log density of the mean of the copies for each of its values
   * @param error its standard error; null of one image
   * @param natsOfCopies joint log density of the copies for each of their values
   * @param errorOfCopies its standard error; null of one image
   */
  record OfCopies(
      int m,
      double sigma,
      double s,
      int images,
      double natsOfMean,
      Double error,
      double natsOfCopies,
      Double errorOfCopies) {

    static OfCopies of(Measure measure, List<ImageDensity> densities, int d) {
      CopyNoise noise = CopyNoise.ofMean(measure.s(), measure.copies());
      int m = noise.copies();
      MeanDensity means = MeanDensity.of(densities);
      MeanDensity joint = MeanDensity.of(densities.stream().map(ImageDensity::joint).toList());
      return new OfCopies(
          m,
          noise.sigma(),
          noise.s(),
          densities.size(),
          means.mean() / d,
          known(means.error() / d),
          joint.mean() / (m * d),
          known(joint.error() / (m * d)));
    }
  }

  static LikelihoodMeasured of(
      Subject subject,
      Measure usual,
      List<ImageDensity> images,
      Optional<List<ImageDensity>> sigmaMinDoubled,
      Optional<List<ImageDensity>> stepsDoubled,
      List<OfCopies> copies,
      int batchesKept,
      double seconds) {
    int d = subject.dimension();
    double offset = subject.dequantized() ? PixelScale.UNIT.offset() : 0;
    MeanDensity density = MeanDensity.of(images);
    List<Sensitivity> sensitivity = new ArrayList<>();
    sigmaMinDoubled.ifPresent(
        other ->
            sensitivity.add(
                sensitivity(
                    "twice the smallest noise, %.4g".formatted(2 * usual.s()), other, images, d)));
    stepsDoubled.ifPresent(
        other -> sensitivity.add(sensitivity("a finer solution of the ODE", other, images, d)));
    return new LikelihoodMeasured(
        subject,
        "the density of %s smoothed by normal noise of standard deviation %.4g"
            .formatted(
                subject.dequantized() ? "uniformly dequantized images" : "the data", usual.s()),
        usual.s(),
        usual.flow().largest(),
        usual.flow().solver().description(),
        usual.flow().divergence().description(),
        images.size(),
        Bits.of(density, offset, d),
        offset,
        new Nats(density.mean(), known(density.error())),
        images.stream().mapToDouble(ImageDensity::calls).average().orElseThrow(),
        sensitivity,
        tails(images, d),
        copies,
        batchesKept,
        seconds);
  }

  private static Sensitivity sensitivity(
      String what, List<ImageDensity> other, List<ImageDensity> images, int d) {
    int probes = images.get(0).logDensities()[0].length;
    MeanDensity difference =
        MeanDensity.difference(
            other.stream().map(image -> image.ofProbes(probes)).toList(), images);
    double single =
        MeanDensity.of(other).errorOfProbes()
            * Math.sqrt((double) other.size() * other.get(0).logDensities()[0].length);
    return new Sensitivity(
        what,
        other.size(),
        PixelScale.differentialBits(difference.mean(), d),
        bits(difference.error(), d),
        bits(single, d));
  }

  private static Tails tails(List<ImageDensity> images, int d) {
    double with = mean(images, ImageDensity::logPriors);
    double without = mean(images, ImageDensity::logPlainPriors);
    return new Tails(
        PixelScale.differentialBits(without - with, d), mean(images, ImageDensity::squaredRadii));
  }

  private static double mean(List<ImageDensity> images, Function<ImageDensity, double[]> values) {
    ToDoubleFunction<ImageDensity> ofImage =
        image -> Arrays.stream(values.apply(image)).average().orElseThrow();
    return images.stream().mapToDouble(ofImage).average().orElseThrow();
  }

  private static Double bits(double error, int d) {
    return known(error / (d * Math.log(2)));
  }

  private static Double known(double number) {
    return Double.isNaN(number) ? null : number;
  }

  /** A line of JSON for each image. */
  static String lines(List<ImageDensity> images, double offset, int d) {
    StringBuilder lines = new StringBuilder();
    for (ImageDensity image : images) {
      try {
        lines
            .append(
                JSON.writeValueAsString(
                    new OfImage(
                        image.id(),
                        image.label(),
                        PixelScale.differentialBits(image.logDensity(), d) + offset,
                        image.logDensity(),
                        image.calls())))
            .append('\n');
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("Densities are plain numbers", e);
      }
    }
    return lines.toString();
  }

  private record OfImage(long id, int label, double bitsPerDimension, double nats, double calls) {}

  @Override
  public String table() {
    StringBuilder text = new StringBuilder();
    String unit = offset == 0 ? "bits per dimension (of a density)" : "bits per dimension";
    line(
        text,
        "Likelihood of %d images of %s (%s), %d values each, under %s",
        images,
        subject.data(),
        subject.trainedOn() ? "trained on" : "not trained on",
        subject.dimension(),
        subject.model());
    line(text, "  %s", density);
    line(
        text,
        "  noise from %.4g to %.4g, %s, %s, %.0f calls an image%s",
        sigmaMin,
        sigmaMax,
        solver,
        divergence,
        callsPerImage,
        subject.repeats() > 1 ? ", %d dequantizations".formatted(subject.repeats()) : "");
    line(
        text,
        "%s: %.4f%s%s",
        unit,
        bitsPerDimension.value(),
        bitsPerDimension.error() == null
            ? ""
            : " +- %.4f (95 %% interval %.4f to %.4f)"
                .formatted(
                    NORMAL_95 * bitsPerDimension.error(),
                    bitsPerDimension.low(),
                    bitsPerDimension.high()),
        offset == 0 ? "" : "; %.0f of them for pixels in [0, 1]".formatted(offset));
    line(
        text,
        "log density: %.4f nats an image%s",
        natsPerImage.value(),
        natsPerImage.error() == null
            ? ""
            : ", standard error %.2g".formatted(natsPerImage.error()));
    line(
        text,
        "standard error in bits per dimension: all %s, of it probes %s, dequantizations and probes %s",
        said(bitsPerDimension.error()),
        said(bitsPerDimension.errorOfProbes()),
        said(bitsPerDimension.errorOfRepeats()));
    for (Sensitivity other : sensitivity) {
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
        tails.squaredRadius(),
        tails.momentsOfData());
    if (!copies.isEmpty()) {
      line(
          text,
          "noisy copies: log density in nats for each value, of their mean and of all of them");
      line(text, "%4s %10s %10s %8s %22s %22s", "m", "sigma", "s", "images", "mean", "copies");
      for (OfCopies of : copies) {
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
