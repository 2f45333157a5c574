package tweedie.driver.evaluate.likelihood;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tweedie.data.MayBeAbsent;
import tweedie.driver.evaluate.Measurement;
import tweedie.driver.evaluate.likelihood.LikelihoodTask.Measure;
import tweedie.driver.run.EarlierFiles;
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
 * @param bitsPerDimension of them by this solver; with the offset where pixels were dequantized
 * @param ofFlow the same of the flow itself; null where the solver's error was not measured
 * @param offset bits per dimension that the scale of the pixels adds to the density, 8 for [0, 1];
 *     0 where no pixels were dequantized
 * @param natsPerImage mean log density, without an offset
 * @param callsPerImage of the denoiser and its Jacobian, mean
 * @param sensitivity what other settings change
 * @param tails what the normal distribution at the end of the flow is worth
 * @param copies joint densities of noisy copies
 * @param batchesKept that an earlier run had measured
 * @param seconds it took
 * @param overrides settings that were not the run's
 */
public record LikelihoodResult(
    Subject subject,
    String density,
    double sigmaMin,
    double sigmaMax,
    @MayBeAbsent String solver,
    @MayBeAbsent String divergence,
    int images,
    Bits bitsPerDimension,
    @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) FlowBits ofFlow,
    double offset,
    Nats natsPerImage,
    double callsPerImage,
    @MayBeAbsent List<Sensitivity> sensitivity,
    Tails tails,
    @MayBeAbsent List<OfCopies> copies,
    int batchesKept,
    double seconds,
    @MayBeAbsent List<String> overrides)
    implements Measurement.Result {

  /** Files of earlier versions say less. */
  public LikelihoodResult {
    solver = solver == null ? "" : solver;
    divergence = divergence == null ? "" : divergence;
    sensitivity = sensitivity == null ? List.of() : sensitivity;
    copies = copies == null ? List.of() : copies;
    overrides = overrides == null ? List.of() : overrides;
  }

  static final double NORMAL_95 = 1.959964;

  /**
   * What was measured.
   *
   * @param model its name
   * @param round after which it had its weights; 0 of a model that was not trained
   * @param weights a hash of them
   * @param data the images
   * @param fingerprint of the images; null where they were drawn
   * @param trainedOn whether the model was trained on them
   * @param dimension values of an image d
   * @param dequantized whether pixels were dequantized
   * @param repeats how often
   * @param seed of dequantization and probes
   */
  public record Subject(
      String model,
      @MayBeAbsent Integer round,
      String weights,
      String data,
      @MayBeAbsent String fingerprint,
      boolean trainedOn,
      int dimension,
      boolean dequantized,
      int repeats,
      long seed) {

    /** Files of earlier versions say the round in the name only. */
    public Subject {
      round = EarlierFiles.round(round, model);
    }
  }

  /**
   * A mean in bits per dimension.
   *
   * @param value the mean
   * @param error standard error, of images, dequantizations and probes together; null of one image
   * @param errorOfProbes the part that other probes would change; null with a single probe
   * @param errorOfRepeats the part of dequantizations and probes together; null with one
   * @param low lower end of the 95 % interval; null of one image
   * @param high its upper end
   */
  public record Bits(
      double value,
      @MayBeAbsent Double error,
      @MayBeAbsent Double errorOfProbes,
      @MayBeAbsent Double errorOfRepeats,
      @MayBeAbsent Double low,
      @MayBeAbsent Double high) {

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
  public record Nats(double value, @MayBeAbsent Double error) {}

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
  public record Sensitivity(
      String what,
      int images,
      double difference,
      @MayBeAbsent Double error,
      @MayBeAbsent Double errorOfProbes) {}

  /**
   * The end of the flow.
   *
   * @param momentsOfData bits per dimension that the mean and variance of the data save there
   *     against a normal distribution of the noise alone
   * @param squaredRadius squared distance from the mean over what it should be, mean over the
   *     images: 1 where the flow arrives as it should
   */
  public record Tails(double momentsOfData, double squaredRadius) {}

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
  public record OfCopies(
      int m,
      double sigma,
      double s,
      int images,
      double natsOfMean,
      @MayBeAbsent Double error,
      double natsOfCopies,
      @MayBeAbsent Double errorOfCopies) {

    static OfCopies of(Measure measure, List<ImageDensity> densities, int d) {
      CopyNoise noise = measure.noise();
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

  /**
   * A line of {@code likelihood-images.jsonl}.
   *
   * @param nats log density
   * @param calls of the denoiser
   */
  public record OfImage(long id, int label, double bitsPerDimension, double nats, double calls) {}

  /**
   * @param found the densities by the name of the measure
   */
  static LikelihoodResult of(
      Subject subject,
      LikelihoodPlan plan,
      Map<String, List<ImageDensity>> found,
      int batchesKept,
      double seconds,
      List<String> overrides) {
    int d = subject.dimension();
    double offset = subject.dequantized() ? PixelScale.UNIT.offset() : 0;
    Measure usual = plan.usual();
    List<ImageDensity> images = found.get(usual.name());
    MeanDensity density = MeanDensity.of(images);
    List<Sensitivity> sensitivity = new ArrayList<>();
    Sensitivity finer = null;
    Sensitivity finest = null;
    List<OfCopies> copies = new ArrayList<>();
    for (Measure measure : plan.measures()) {
      List<ImageDensity> other = found.get(measure.name());
      if (measure.copies() > 0) {
        copies.add(OfCopies.of(measure, other, d));
      } else if (measure.name().equals(LikelihoodPlan.SIGMA_MIN_DOUBLED)) {
        String what = "twice the smallest noise, %.4g".formatted(measure.s());
        sensitivity.add(sensitivity(what, other, images, d));
      } else if (measure.name().equals(LikelihoodPlan.STEPS_DOUBLED)) {
        finer = sensitivity("a finer solution of the ODE", other, images, d);
        sensitivity.add(finer);
      } else if (measure.name().equals(LikelihoodPlan.STEPS_QUADRUPLED)) {
        finest = sensitivity("a still finer solution", other, images, d);
        sensitivity.add(finest);
      }
    }
    Bits bits = Bits.of(density, offset, d);
    return new LikelihoodResult(
        subject,
        "the density of %s smoothed by normal noise of standard deviation %.4g"
            .formatted(
                subject.dequantized() ? "uniformly dequantized images" : "the data", usual.s()),
        usual.s(),
        usual.flow().largest(),
        usual.flow().solver().description(),
        usual.flow().divergence().description(),
        images.size(),
        bits,
        finest == null ? null : FlowBits.of(bits, finer, finest),
        offset,
        new Nats(density.mean(), known(density.error())),
        images.stream().mapToDouble(ImageDensity::calls).average().orElseThrow(),
        sensitivity,
        new Tails(
            PixelScale.differentialBits(
                mean(images, ImageDensity::logPlainPriors) - mean(images, ImageDensity::logPriors),
                d),
            mean(images, ImageDensity::squaredRadii)),
        copies,
        batchesKept,
        seconds,
        overrides);
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

  private static double mean(List<ImageDensity> images, Function<ImageDensity, double[]> values) {
    return images.stream()
        .mapToDouble(image -> Arrays.stream(values.apply(image)).average().orElseThrow())
        .average()
        .orElseThrow();
  }

  private static Double bits(double error, int d) {
    return known(error / (d * Math.log(2)));
  }

  private static Double known(double number) {
    return Double.isNaN(number) ? null : number;
  }

  @Override
  public String table() {
    return new LikelihoodTable(this).text();
  }
}
