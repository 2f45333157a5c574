package tweedie.driver.config;

import com.typesafe.config.Config;
import java.util.List;
import tweedie.driver.config.Settings.Hypothesis;
import tweedie.driver.config.Settings.Images;
import tweedie.driver.config.Settings.Mixtures;
import tweedie.driver.config.Settings.Study;

/** What must hold between the settings of a study, each of which is possible by itself. */
record StudyRelations(Config config, Faults faults) {

  void check(Study study) {
    for (String key : List.of("copies", "levels", "gradients.draws", "mixtures.separations")) {
      distinct("tweedie.study." + key, 1);
    }
    distinct("tweedie.study.references", 0);
    distinct("tweedie.study.mixtures.dimensions", 0);
    distinct("tweedie.study.mixtures.hypotheses", 0);
    distinct("tweedie.study.images.hypotheses", 0);
    Mixtures mixtures = study.mixtures();
    minibatches("mixtures", study, mixtures.hypotheses(), mixtures.batchSize(), mixtures.images());
    Images images = study.images();
    minibatches("images", study, images.hypotheses(), images.batchSize(), images.images());
  }

  private void distinct(String key, int fewest) {
    List<?> values = faults.sound(key) ? config.getList(key).unwrapped() : List.of(0);
    if (values.size() < fewest) {
      faults.wrong(key, "must hold at least one value");
    } else if (values.stream().distinct().count() < values.size()) {
      faults.wrong(key, "must not hold a value twice");
    }
  }

  /** A training needs the images of its largest minibatch, and a reference holds a minibatch. */
  private void minibatches(
      String group, Study study, List<Hypothesis> hypotheses, int batchSize, int images) {
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
}
