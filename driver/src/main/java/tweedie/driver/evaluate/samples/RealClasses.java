package tweedie.driver.evaluate.samples;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.SparkSession;
import tweedie.data.DataException;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardedData;
import tweedie.device.TaskResources;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.evaluate.EvaluatedRun.Real;
import tweedie.driver.evaluate.samples.SamplesResult.ClassifierReport;
import tweedie.driver.model.RunClassifier;
import tweedie.evaluate.samples.Classifier;

/**
 * The classifier that sees the classes of real images and of others.
 *
 * @param accuracies of the classifier
 */
record RealClasses(Classifier classifier, List<ClassifierReport> accuracies) {

  private static final int FEWEST_CLASSES = 2;

  /** Labels are counted as they stand, so a label far out is a mistake, not a class. */
  private static final int MOST_CLASSES = 10_000;

  /**
   * Reads the classifier of the training data, or trains it.
   *
   * @throws DataException if the classes of the data are not known or do not go together
   */
  static RealClasses of(EvaluatedRun run, ShardedData training, Real real) throws IOException {
    long[] counts = counts(run.session(), training);
    if (counts.length == 0) {
      throw new DataException(
          "None of the %d images of %s has a label, which classes and features need; -D tweedie.evaluate.classes=false measures pixels only"
              .formatted(training.images(), run.settings().data().path()));
    }
    long[] realCounts = counts(run.session(), real.shards().orElseThrow());
    if (realCounts.length > counts.length) {
      throw new DataException(
          "%s has the label %d, the training data have classes 0..%d only"
              .formatted(real.place(), realCounts.length - 1, counts.length - 1));
    }
    RunClassifier trained = new RunClassifier(run.spark(), run.directory(), run.settings());
    Classifier classifier = trained.of(training, counts);
    List<ClassifierReport> accuracies = new ArrayList<>();
    accuracies.add(new ClassifierReport("training images held out", classifier.accuracy()));
    if (!real.trainedOn() && realCounts.length > 0) {
      accuracies.add(
          new ClassifierReport(
              "images of " + real.place(), trained.accuracy(classifier, real.shards().get())));
    }
    return new RealClasses(classifier, accuracies);
  }

  private record CountLabels() implements Function<Shard, SortedMap<Integer, Long>> {
    @Override
    public SortedMap<Integer, Long> call(Shard shard) throws IOException {
      return ShardReader.labels(shard, TaskResources.hadoop());
    }
  }

  /**
   * Counts in one Spark job that reads the labels only.
   *
   * @return images of each class 0..K-1, [K]; empty if no image has a label
   * @throws DataException if only some images have labels, or all have the same
   */
  private static long[] counts(SparkSession session, ShardedData data) {
    SortedMap<Integer, Long> counts = new TreeMap<>();
    JavaSparkContext.fromSparkContext(session.sparkContext())
        .parallelize(data.shards(), data.shards().size())
        .map(new CountLabels())
        .collect()
        .forEach(
            ofShard -> ofShard.forEach((label, images) -> counts.merge(label, images, Long::sum)));
    String place = "The data set of " + data.shards().get(0).path();
    long unlabelled = counts.headMap(0).values().stream().mapToLong(Long::longValue).sum();
    if (unlabelled == data.images()) {
      return new long[0];
    }
    if (unlabelled > 0) {
      throw new DataException(
          "%s has %d images without a label among %d; a classifier needs all labels, or none"
              .formatted(place, unlabelled, data.images()));
    }
    int classes = counts.lastKey() + 1;
    if (classes > MOST_CLASSES) {
      throw new DataException(
          "%s has the label %d; classes are numbered from 0 and at most %d"
              .formatted(place, counts.lastKey(), MOST_CLASSES));
    }
    if (counts.size() < FEWEST_CLASSES) {
      throw new DataException(
          "%s has one class only, %d; a classifier needs two".formatted(place, counts.lastKey()));
    }
    long[] images = new long[classes];
    counts.forEach((label, count) -> images[label] = count);
    return images;
  }
}
