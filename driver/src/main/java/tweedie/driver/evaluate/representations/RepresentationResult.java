package tweedie.driver.evaluate.representations;

import java.util.Formatter;
import java.util.List;
import tweedie.data.MayBeAbsent;
import tweedie.driver.evaluate.Measurement;
import tweedie.driver.run.EarlierFiles;
import tweedie.evaluate.Estimate;

/**
 * What codes and the middle of the network know of images.
 *
 * @param model what it is
 * @param round after which it had its weights; 0 of a model that was not trained
 * @param data the images on which it was measured
 * @param trainedOn whether the model was trained on these
 * @param sigmaMin noise that images are taken to have when they are encoded
 * @param sigmaMax noise at which their codes are
 * @param training the images from which probes have learned; empty where there are no probes
 * @param trainingImages how many these are
 * @param testImages on how many images of {@code data} probes were tested
 * @param probes of each representation
 * @param augmentedImages how many images of {@code data} were changed
 * @param augmentations what became of them
 * @param seconds it took
 * @param overrides settings that were not the run's
 */
public record RepresentationResult(
    String model,
    @MayBeAbsent Integer round,
    String data,
    boolean trainedOn,
    double sigmaMin,
    double sigmaMax,
    String training,
    int trainingImages,
    int testImages,
    List<Probed> probes,
    int augmentedImages,
    List<Augmented> augmentations,
    double seconds,
    List<String> overrides)
    implements Measurement.Result {

  /** Files of earlier versions say the round in the name of the model only. */
  public RepresentationResult {
    round = EarlierFiles.round(round, model);
  }

  /**
   * The linear probe of a representation.
   *
   * @param of pixels, codes, or middle
   * @param noise of the images that the network has seen; 0 where there is none
   * @param values numbers of an image
   * @param ridge that was chosen
   * @param accuracy share of the test images whose class is found
   */
  public record Probed(String of, double noise, int values, double ridge, Estimate accuracy) {}

  /**
   * A small change of images.
   *
   * @param how they are changed
   * @param pixels root mean square distance that it moves them, over that of two images
   * @param codes the same of their codes
   * @param alike the same of their codes, from those of the images with their values moved alike: 0
   *     where the code of a mirrored image is the mirrored code; absent from files of earlier
   *     versions
   */
  public record Augmented(
      String how, Estimate pixels, Estimate codes, @MayBeAbsent Estimate alike) {}

  @Override
  public String table() {
    Formatter text = new Formatter();
    text.format(
        "representations: %s, images of %s (%s), codes from noise %.4g to %.4g%n",
        model, data, trainedOn ? "trained on" : "not trained on", sigmaMin, sigmaMax);
    if (!probes.isEmpty()) {
      text.format(
          "linear probes that learn from %d images of %s, accuracy on %d others%n",
          trainingImages, training, testImages);
      text.format("%-24s %8s %8s  %s%n", "representation", "values", "ridge", "accuracy");
      for (Probed probe : probes) {
        String name = probe.of() + (probe.noise() > 0 ? " at noise " + probe.noise() : "");
        text.format(
            "%-24s %8d %8s  %s%n", name, probe.values(), probe.ridge(), number(probe.accuracy()));
      }
    }
    text.format(
        "distance that a change moves an image, over that of two images, of %d%n", augmentedImages);
    text.format(
        "%-12s %-28s %-28s %s%n", "change", "pixels", "codes", "codes, from codes moved alike");
    for (Augmented change : augmentations) {
      text.format(
          "%-12s %-28s %-28s %s%n",
          change.how(), number(change.pixels()), number(change.codes()), number(change.alike()));
    }
    return text.toString().stripTrailing();
  }

  private static String number(Estimate estimate) {
    return "%.4f (%.4f to %.4f)".formatted(estimate.value(), estimate.low(), estimate.high());
  }
}
