package tweedie.driver.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.Path;
import tweedie.data.FileSystems;
import tweedie.driver.config.Settings;

/**
 * What {@code codes.json} says of codes: what made them, and how well they give their images back.
 *
 * @param model in words
 * @param round after which it had its weights; 0 where it was not trained
 * @param fingerprint of the model and the mean and variance that codes are measured by
 * @param sigmaMin noise that images were taken to have
 * @param sigmaMax noise at which the codes are
 * @param seed of the random numbers of a model that sees copies
 * @param method of the solver
 * @param steps of it
 * @param data where the images are
 * @param images how many there are
 * @param meanSquare mean over all values of all codes of their square, 1 where they are N(0, I)
 * @param reconstructionRms root mean square, over all pixels of all images, of what an image that
 *     is decoded again differs by
 * @param reconstructionLargest the largest that it is over the pixels of one image
 */
public record CodesFile(
    String model,
    int round,
    String fingerprint,
    double sigmaMin,
    double sigmaMax,
    long seed,
    String method,
    int steps,
    String data,
    long images,
    double meanSquare,
    double reconstructionRms,
    double reconstructionLargest) {

  private static final String NAME = "codes.json";

  /** Codes of a run with these sums. */
  static CodesFile of(CodedRun run, Settings.Code how, String data, CodeSums sums) {
    long values = sums.images() * run.shape().dimension();
    return new CodesFile(
        run.model().name(),
        run.model().round(),
        run.fingerprint(),
        run.flow().smallest(),
        run.flow().largest(),
        run.seed(),
        how.method().name().toLowerCase(Locale.ROOT),
        how.steps(),
        data,
        sums.images(),
        sums.codeSquares() / values,
        Math.sqrt(sums.errorSquares() / values),
        Math.sqrt(sums.largestError()));
  }

  /** Where it is: in the directory of the codes, or beside their FILE.npz as FILE.json. */
  static Path of(Path codes) {
    return CodeOutput.isFile(codes)
        ? FileSystems.child(codes.getParent(), codes.getName().replaceFirst("npz$", "json"))
        : new Path(codes, NAME);
  }

  /** In what these codes do not fit a run; empty where they do. */
  List<String> differences(CodedRun run) {
    List<String> differences = new ArrayList<>();
    if (!fingerprint.equals(run.fingerprint())) {
      differences.add(
          "they are of %s (%s), the run has %s (%s)"
              .formatted(model, fingerprint, run.model().name(), run.fingerprint()));
    }
    if (sigmaMin != run.flow().smallest() || sigmaMax != run.flow().largest()) {
      differences.add(
          "they are for noise from %s to %s, the settings for %s to %s"
              .formatted(sigmaMin, sigmaMax, run.flow().smallest(), run.flow().largest()));
    }
    if (run.model().seesCopies() && seed != run.seed()) {
      differences.add(
          "they are for copies drawn from tweedie.seed = %d, the settings for %d"
              .formatted(seed, run.seed()));
    }
    return differences;
  }
}
