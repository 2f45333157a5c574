package tweedie.driver.evaluate.score;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Formatter;
import java.util.List;
import tweedie.data.MayBeAbsent;
import tweedie.driver.evaluate.Measurement;
import tweedie.driver.run.EarlierFiles;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.ScoreError;

/**
 * How far the score of a model is from the best one, beside the least possible error.
 *
 * @param model what was measured
 * @param round after which it had its weights; 0 of a model that was not trained
 * @param floor whose best denoiser gives the least error
 * @param data the images that were made noisy
 * @param trainedOn whether the model was trained on these
 * @param images how many
 * @param dimension d of an image; errors are over d
 * @param range of the values of the data, for the PSNR
 * @param seesCopies whether the model looks at the copies, not only at their mean
 * @param matched at each noise s of the mean, for each number of copies
 * @param fixed at each noise sigma of a copy, for each number of copies
 * @param memorised of each set of samples; empty without samples or images not trained on
 * @param seconds it took
 * @param overrides settings that were not the run's
 */
public record ScoreResult(
    String model,
    @MayBeAbsent Integer round,
    String floor,
    String data,
    boolean trainedOn,
    int images,
    int dimension,
    double range,
    boolean seesCopies,
    @MayBeAbsent List<Level> matched,
    @MayBeAbsent List<Level> fixed,
    @MayBeAbsent List<Memorised> memorised,
    double seconds,
    @MayBeAbsent List<String> overrides)
    implements Measurement.Result {

  /** Files of earlier versions say less. */
  public ScoreResult {
    round = EarlierFiles.round(round, model);
    matched = matched == null ? List.of() : matched;
    fixed = fixed == null ? List.of() : fixed;
    memorised = memorised == null ? List.of() : memorised;
    overrides = overrides == null ? List.of() : overrides;
  }

  /**
   * One noise level.
   *
   * @param sigma noise of each copy
   * @param copies m
   * @param s noise of their mean
   * @param psnr of the model, in dB
   * @param psnrFloor of the best denoiser
   * @param heldOut errors on images that were not trained on; null where there are none
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Level(
      double sigma,
      int copies,
      double s,
      ScoreError score,
      double psnr,
      double psnrFloor,
      @MayBeAbsent HeldOut heldOut) {}

  /**
   * Errors per pixel on images that were not trained on.
   *
   * @param error of the model
   * @param ofTrainingData of the best denoiser of the training images, which knows no others: a
   *     model that has learned them by heart has this error
   */
  public record HeldOut(Estimate error, Estimate ofTrainingData) {}

  /**
   * Where the nearest real image of each sample is.
   *
   * @param samples name of the set
   * @param count how many were looked at
   * @param nearerToTraining share whose nearest image was trained on
   * @param expected that share for samples that are equally near to both kinds
   * @param trainingDistance mean distance to the nearest training image
   * @param heldOutDistance mean distance to the nearest of the others
   */
  public record Memorised(
      String samples,
      int count,
      Estimate nearerToTraining,
      double expected,
      Estimate trainingDistance,
      Estimate heldOutDistance) {}

  @Override
  public String table() {
    Formatter text = new Formatter();
    text.format(
        "score of %s on %d of %s (%s); the floor is the best denoiser of %s%n",
        model, images, data, trainedOn ? "trained on" : "not trained on", floor);
    text.format(
        "errors are squared, per value; PSNR in dB for a range of %.4g; +- is half a 95 %%"
            + " interval%n",
        range);
    if (!seesCopies) {
      text.format(
          "the model sees the mean of the copies only: at one s their number makes no"
              + " difference%n");
    }
    text.format(
        "%-9s %-6s %-9s %-20s %-20s %-20s %-18s %6s %6s%n",
        "s", "copies", "sigma", "error", "floor", "excess", "Fisher, relative", "PSNR", "floor");
    int least = matched.stream().mapToInt(Level::copies).min().orElse(1);
    matched.stream()
        .filter(level -> seesCopies || level.copies() == least)
        .forEach(level -> append(text, level));
    text.format("at fixed sigma of a copy:%n");
    fixed.forEach(level -> append(text, level));
    if (matched.stream().anyMatch(level -> level.heldOut() != null)) {
      text.format(
          "%-9s %-20s %-20s %-24s%n",
          "s", "error, trained on", "not trained on", "of the training images");
      matched.stream()
          .filter(level -> level.copies() == least)
          .forEach(
              level ->
                  text.format(
                      "%-9s %-20s %-20s %-24s%n",
                      "%.4g".formatted(level.s()),
                      number(level.score().error()),
                      number(level.heldOut().error()),
                      number(level.heldOut().ofTrainingData())));
    }
    for (Memorised set : memorised) {
      text.format(
          "samples %s: %s of %d lie nearest to a training image (%.4f expected); distance %s to"
              + " training images, %s to others%n",
          set.samples(),
          number(set.nearerToTraining()),
          set.count(),
          set.expected(),
          number(set.trainingDistance()),
          number(set.heldOutDistance()));
    }
    return text.toString().stripTrailing();
  }

  private static void append(Formatter text, Level level) {
    text.format(
        "%-9s %-6d %-9s %-20s %-20s %-20s %-18s %6.2f %6.2f%n",
        "%.4g".formatted(level.s()),
        level.copies(),
        "%.4g".formatted(level.sigma()),
        number(level.score().error()),
        number(level.score().floor()),
        number(level.score().excess()),
        number(level.score().relativeFisher()),
        level.psnr(),
        level.psnrFloor());
  }

  private static String number(Estimate estimate) {
    return "%.4g +- %.1g".formatted(estimate.value(), estimate.halfWidth());
  }
}
