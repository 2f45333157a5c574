package tweedie.driver.config;

import java.util.List;
import tweedie.driver.config.Settings.Hypothesis;
import tweedie.driver.config.Settings.Images;
import tweedie.driver.config.Settings.Mixtures;
import tweedie.driver.config.Settings.Study;

/** What must hold between the settings of a study. */
record StudyRelations(Faults faults, Study study) {

  /** 400 MB of floats. */
  private static final int MOST_NUMBERS = 100_000_000;

  /** Notes what is wrong. */
  void check() {
    distinct("copies", study.copies(), 1);
    distinct("levels", study.levels(), 1);
    distinct("gradients.draws", study.gradients().draws(), 1);
    distinct("mixtures.separations", study.mixtures().separations(), 1);
    distinct("references", study.references(), 0);
    distinct("mixtures.dimensions", study.mixtures().dimensions(), 0);
    distinct("mixtures.hypotheses", study.mixtures().hypotheses(), 0);
    distinct("images.hypotheses", study.images().hypotheses(), 0);
    Mixtures mixtures = study.mixtures();
    minibatches("mixtures", mixtures.hypotheses(), mixtures.batchSize(), mixtures.images());
    size(mixtures);
    Images images = study.images();
    minibatches("images", images.hypotheses(), images.batchSize(), images.images());
  }

  private void distinct(String name, List<?> values, int fewest) {
    String key = "tweedie.study." + name;
    faults.few(key, values);
    if (values.size() < fewest) {
      faults.wrong(key, "must hold at least one value");
    } else if (values.stream().distinct().count() < values.size()) {
      faults.wrong(key, "must not hold a value twice");
    }
  }

  /** A training needs the images of its largest minibatch, and a reference holds a minibatch. */
  private void minibatches(String group, List<Hypothesis> hypotheses, int batchSize, int images) {
    String key = "tweedie.study." + group + ".images";
    String ofBatch = "tweedie.study." + group + ".batch-size";
    if (!faults.sound(key, ofBatch)) {
      return;
    }
    long needed = batchSize;
    String why = "a minibatch of " + faults.seen(ofBatch);
    if (hypotheses.contains(Hypothesis.DRAWS)) {
      needed = Math.max(needed, (long) batchSize * study.trainedDraws());
      int most = study.gradients().draws().stream().mapToInt(Integer::intValue).max().orElse(1);
      needed = Math.max(needed, (long) study.gradients().batchSize() * most);
      why = "the largest minibatch of the question draws";
    }
    if (images < needed) {
      faults.wrong(key, "must be at least " + needed + ": " + why);
    }
    String references = "tweedie.study.references";
    if (faults.sound(references)
        && hypotheses.contains(Hypothesis.STABLE)
        && study.references().stream().anyMatch(n -> n < batchSize || n > images)) {
      faults.wrong(
          references,
          "must each be at least "
              + faults.seen(ofBatch)
              + " and at most "
              + faults.seen(key)
              + ": a minibatch is a part of its reference, which is a part of the images");
    }
  }

  /** The networks and the points of a mixture must fit into one task. */
  private void size(Mixtures mixtures) {
    String hidden = "tweedie.study.mixtures.hidden";
    String depth = "tweedie.study.mixtures.depth";
    long parameters = 2L * mixtures.depth() * mixtures.hidden() * mixtures.hidden();
    if (faults.sound(hidden, depth) && parameters > MOST_NUMBERS) {
      faults.wrong(
          hidden,
          "makes networks of %d parameters with %s; at most %d are possible"
              .formatted(parameters, faults.seen(depth), MOST_NUMBERS));
    }
    String dimensions = "tweedie.study.mixtures.dimensions";
    int largest = mixtures.dimensions().stream().mapToInt(d -> d).max().orElse(1);
    if (faults.sound(dimensions)) {
      points("images", mixtures.images(), largest);
      points("test-images", mixtures.testImages(), largest);
    }
  }

  private void points(String name, int points, int dimension) {
    String key = "tweedie.study.mixtures." + name;
    if ((long) points * dimension > MOST_NUMBERS) {
      faults.wrong(
          key,
          "makes %d numbers with %s; at most %d are possible"
              .formatted(
                  (long) points * dimension,
                  faults.seen("tweedie.study.mixtures.dimensions"),
                  MOST_NUMBERS));
    }
  }
}
