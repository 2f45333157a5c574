package tweedie.driver.evaluate.representations;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.DataException;
import tweedie.data.shard.ShardedData;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.evaluate.EvaluatedRun.Real;
import tweedie.evaluate.representations.LinearProbe;

/**
 * The images from which probes learn.
 *
 * @param from where they are
 * @param skipped how many of the seed's order are left to the test
 * @param count how many there are
 * @param classes of them
 */
record ProbeImages(Real from, int skipped, int count, int classes) {

  private static final Logger LOG = LoggerFactory.getLogger(ProbeImages.class);

  /**
   * Those of the run's training data, or draws of its mixture; empty where images have no labels.
   *
   * @param test the images on which probes are tested
   * @param tested how many of them
   * @param most that are to be learned from
   * @throws DataException if they do not go with those of the test, or are too few
   */
  static Optional<ProbeImages> of(EvaluatedRun run, Real test, int tested, int most)
      throws IOException {
    Optional<Real> found = training(run);
    if (found.isEmpty()) {
      return without("there is no training data: tweedie.data.path is empty");
    }
    Real training = found.get();
    int classes = classes(run, training);
    int testClasses = classes(run, test);
    if (classes < 2 || testClasses == 0) {
      Real less = classes < 2 ? training : test;
      return without(
          "%s has %s".formatted(less.place(), classes == 1 ? "one class only" : "no labels"));
    }
    if (testClasses > classes) {
      throw new DataException(
          "%s has the label %d, the training data have classes 0..%d only"
              .formatted(test.place(), testClasses - 1, classes - 1));
    }
    EvaluatedRun.checkNames(names(training), test, "");
    boolean same = training.shards().isEmpty() ? test.shards().isEmpty() : test.trainedOn();
    int skipped = same ? tested : 0;
    long left = available(training) - skipped;
    if (left < LinearProbe.HELD_OUT) {
      throw new DataException(
          "%s leaves %d images to learn from, and a probe needs at least %d: give another --data, or a smaller tweedie.evaluate.representations.test-images"
              .formatted(training.place(), Math.max(0, left), LinearProbe.HELD_OUT));
    }
    return Optional.of(new ProbeImages(training, skipped, (int) Math.min(most, left), classes));
  }

  private static Optional<ProbeImages> without(String reason) {
    LOG.warn("linear probes are left out: {}", reason);
    return Optional.empty();
  }

  private static Optional<Real> training(EvaluatedRun run) throws IOException {
    Optional<ShardedData> data = run.training();
    if (data.isPresent()) {
      EvaluatedRun.checkShape(data.get(), run.shape());
      return Optional.of(new Real(run.settings().data().path(), true, data));
    }
    return run.mixture().map(mixture -> new Real(EvaluatedRun.DRAWS, false, Optional.empty()));
  }

  /** How many images there are. */
  static long available(Real images) {
    return images.shards().map(ShardedData::images).orElse((long) Integer.MAX_VALUE);
  }

  private static int classes(EvaluatedRun run, Real images) {
    return images
        .shards()
        .map(ShardedData::classes)
        .orElseGet(() -> run.mixture().orElseThrow().components());
  }

  private static List<String> names(Real images) {
    return images.shards().map(ShardedData::classNames).orElse(List.of());
  }
}
