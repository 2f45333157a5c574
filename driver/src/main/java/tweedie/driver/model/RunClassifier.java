package tweedie.driver.model;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.shard.DataStatistics;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardedData;
import tweedie.device.TaskResources;
import tweedie.driver.config.Settings;
import tweedie.driver.progress.CountedJob;
import tweedie.driver.run.RunDirectory;
import tweedie.evaluate.samples.Accuracy;
import tweedie.evaluate.samples.Classifier;
import tweedie.network.ClassNetwork;
import tweedie.network.engine.Engines;

/**
 * The classifier of a run, kept in {@code evaluation/classifier/} so that it is trained once for a
 * data set.
 *
 * <p>One task on one executor trains it, reading all shards: it is so small that spreading it would
 * cost more than it brings, and the result does not depend on the cluster.
 */
public record RunClassifier(JavaSparkContext spark, RunDirectory run, Settings settings) {

  private static final Logger LOG = LoggerFactory.getLogger(RunClassifier.class);

  /** The classifier of a run, if one was trained. */
  public static Optional<Classifier> of(RunDirectory run) throws IOException {
    return Classifier.load(run.files(), directory(run));
  }

  private static Path directory(RunDirectory run) {
    return new Path(run.path(), "evaluation/classifier");
  }

  /**
   * The classifier of {@code data}, read or trained.
   *
   * @param classes images of each class, [K]
   */
  public Classifier of(ShardedData data, long[] classes) throws IOException {
    Optional<Classifier> there = of(run);
    if (there.isPresent() && data.isOf(there.get().data())) {
      return there.get();
    }
    long began = System.nanoTime();
    DataStatistics statistics = DataStatistics.of(spark, data);
    ClassNetwork.Settings network =
        new ClassNetwork.Settings(
            data.shape(), classes.length, statistics.mean(), statistics.std());
    Classifier classifier = train(data, network);
    classifier.save(run.files(), directory(run));
    Accuracy accuracy = classifier.accuracy();
    LOG.info(
        "classifier accuracy={} images={} seconds={}",
        "%.4f".formatted(accuracy.estimate().value()),
        accuracy.images(),
        "%.1f".formatted((System.nanoTime() - began) / 1e9));
    return classifier;
  }

  private Classifier train(ShardedData data, ClassNetwork.Settings network) {
    try (CountedJob job = job("training the classifier")) {
      LongAccumulator seen =
          job.count("classifier", "images", Classifier.imagesToSee(data.shards()));
      return spark
          .parallelize(List.of(data.shards()), 1)
          .map(new TrainOnAll(network, data.fingerprint(), settings.seed(), threads(), seen))
          .first();
    }
  }

  /** How often {@code classifier} is right on labelled data; each shard is one task. */
  public Accuracy accuracy(Classifier classifier, ShardedData data) {
    try (CountedJob job = job("testing the classifier")) {
      return spark
          .parallelize(data.shards(), data.shards().size())
          .map(new Test(job.broadcast(classifier), threads()))
          .reduce(Accuracy::plus);
    }
  }

  private int threads() {
    return settings.train().threadsPerWorker();
  }

  private CountedJob job(String description) {
    return new CountedJob(spark, "tweedie evaluate " + run.path(), description);
  }

  private record Test(Broadcast<Classifier> classifier, int threads)
      implements Function<Shard, Accuracy> {

    @Override
    public Accuracy call(Shard shard) throws IOException {
      Engines.take(threads);
      return classifier.value().accuracy(shard, TaskResources.hadoop());
    }
  }

  private record TrainOnAll(
      ClassNetwork.Settings network, String data, long seed, int threads, LongAccumulator seen)
      implements Function<List<Shard>, Classifier> {

    @Override
    public Classifier call(List<Shard> shards) throws IOException {
      Engines.take(threads);
      return Classifier.train(network, data, shards, seed, TaskResources.hadoop(), seen::add);
    }
  }
}
