package tweedie.driver.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import tweedie.driver.evaluate.classes.ClassResult;
import tweedie.driver.evaluate.likelihood.LikelihoodResult;
import tweedie.driver.evaluate.likelihood.LikelihoodResult.OfImage;
import tweedie.driver.evaluate.representations.RepresentationResult;
import tweedie.driver.evaluate.samples.SamplesResult;
import tweedie.driver.evaluate.score.ScoreResult;
import tweedie.driver.run.RunDirectory;

/**
 * What {@code evaluate} wrote into {@code evaluation/} of a run.
 *
 * @param samples every set that was measured
 * @param likelihood empty where it was not measured
 * @param ofImages the likelihood of each image; empty where that is not there
 * @param score empty where it was not measured
 * @param classes empty where they were not measured
 * @param representations empty where they were not measured
 */
record ReportEvaluation(
    List<SamplesResult> samples,
    Optional<LikelihoodResult> likelihood,
    List<OfImage> ofImages,
    Optional<ScoreResult> score,
    Optional<ClassResult> classes,
    Optional<RepresentationResult> representations) {

  /** Reads all that there is. */
  static ReportEvaluation of(RunDirectory run) throws IOException {
    List<SamplesResult> samples = new ArrayList<>();
    for (FileStatus file : run.found("evaluation/samples-*.json")) {
      samples.add(run.result(file.getPath(), SamplesResult.class));
    }
    Path ofImages = new Path(run.path(), "evaluation/likelihood-images.jsonl");
    return new ReportEvaluation(
        samples,
        read(run, "likelihood.json", LikelihoodResult.class),
        run.files().exists(ofImages) ? run.results(ofImages, OfImage.class) : List.of(),
        read(run, "score.json", ScoreResult.class),
        read(run, "classes.json", ClassResult.class),
        read(run, "representations.json", RepresentationResult.class));
  }

  private static <T> Optional<T> read(RunDirectory run, String name, Class<T> type)
      throws IOException {
    Path file = new Path(run.path(), "evaluation/" + name);
    return run.files().exists(file) ? Optional.of(run.result(file, type)) : Optional.empty();
  }
}
