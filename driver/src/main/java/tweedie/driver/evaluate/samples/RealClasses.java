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
 * @param names of the classes, by label; empty where they have none
 */
record RealClasses(Classifier classifier, List<ClassifierReport> accuracies, List<String> names) {

  private static final int FEWEST_CLASSES = 2;

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
    EvaluatedRun.checkNames(
        training.classNames(), real, ", or measure pixels only: -D tweedie.evaluate.classes=false");
    RunClassifier trained = new RunClassifier(run.spark(), run.directory(), run.settings());
    Classifier classifier = trained.of(training, counts);
    List<ClassifierReport> accuracies = new ArrayList<>();
    accuracies.add(new ClassifierReport("training images held out", classifier.accuracy()));
    if (!real.trainedOn() && realCounts.length > 0) {
      accuracies.add(
          new ClassifierReport(
              "images of " + real.place(), trained.accuracy(classifier, real.shards().get())));
    }
    return new RealClasses(classifier, accuracies, training.classNames());
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
    if (data.classes() == 0) {
      return new long[0];
    }
    SortedMap<Integer, Long> counts = new TreeMap<>();
    JavaSparkContext.fromSparkContext(session.sparkContext())
        .parallelize(data.shards(), data.shards().size())
        .map(new CountLabels())
        .collect()
        .forEach(
            ofShard -> ofShard.forEach((label, images) -> counts.merge(label, images, Long::sum)));
    if (counts.size() < FEWEST_CLASSES) {
      throw new DataException(
          "The data set of %s has one class only, %d; a classifier needs two"
              .formatted(data.shards().get(0).path(), counts.lastKey()));
    }
    long[] images = new long[counts.lastKey() + 1];
    counts.forEach((label, count) -> images[label] = count);
    return images;
  }
}
