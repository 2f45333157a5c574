package tweedie.driver.study;

import java.util.List;
import tweedie.data.DataException;
import tweedie.data.Json;
import tweedie.evaluate.LevelError;
import tweedie.train.GradientSpread.Traces;

/**
 * What came out of one training of a study.
 *
 * @param steps that were taken
 * @param images that were seen
 * @param seconds that the training took, without what was measured afterwards
 * @param copies m
 * @param errors at noise levels; empty where gradients were measured
 * @param gradients spread of gradients; empty where errors were measured
 */
record StudyResult(
    String data,
    String variant,
    long seed,
    int steps,
    long images,
    int parameters,
    double seconds,
    int copies,
    List<LevelError> errors,
    List<Traces> gradients) {

  String toJson() {
    return Json.LINE.text(this);
  }

  /** What {@link #toJson} wrote; {@code file} is where, for the message. */
  static StudyResult fromJson(String json, String file) {
    try {
      return Json.LINE.read(json, StudyResult.class, file);
    } catch (DataException e) {
      throw new DataException(e.getMessage() + "; delete it, and its training is done again", e);
    }
  }

  /** The error at a noise level s. */
  LevelError at(double s) {
    return errors.stream()
        .filter(error -> error.s() == s)
        .findFirst()
        .orElseThrow(
            () ->
                new DataException(
                    "The result of %s.%s.seed-%d has no noise level %s"
                        .formatted(data, variant, seed, s)));
  }
}
