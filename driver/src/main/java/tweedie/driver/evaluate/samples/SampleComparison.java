package tweedie.driver.evaluate.samples;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.shard.ShardedData;
import tweedie.data.source.GeneratedImages;
import tweedie.device.TaskResources;
import tweedie.driver.config.Settings;
import tweedie.driver.evaluate.RealImages;
import tweedie.driver.evaluate.TrainingNeighbours;
import tweedie.driver.evaluate.samples.ComparedRows.Block;
import tweedie.driver.evaluate.samples.SamplesResult.ClassifierReport;
import tweedie.driver.evaluate.samples.SamplesResult.Histogram;
import tweedie.driver.evaluate.samples.SamplesResult.Metric;
import tweedie.driver.evaluate.samples.SamplesResult.Nearest;
import tweedie.driver.progress.CountedJob;
import tweedie.evaluate.Jackknife;
import tweedie.evaluate.samples.ClassHistogram;
import tweedie.evaluate.samples.Classified;
import tweedie.evaluate.samples.Classifier;
import tweedie.evaluate.samples.Modes;
import tweedie.evaluate.samples.NearestRows;
import tweedie.network.ClassNetwork;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;

/**
 * Measures one set of samples after another against the same real images.
 *
 * <p>The wrong samples are normal, each pixel by itself with the mean and the variance that it has
 * in the real images.
 */
final class SampleComparison {

  /** Most rows of each set whose nearest training image is searched. */
  private static final int MOST_SEARCHED = 1000;

  /** So many of the nearest are named. */
  private static final int PAIRS = 8;

  private final JavaSparkContext spark;
  private final Settings settings;
  private final ImageShape shape;
  private final Reference reference;
  private final Optional<Classifier> classifier;
  private final Optional<GaussianMixture> mixture;
  private final Optional<ShardedData> training;
  private final List<String> overrides;

  /**
   * The real images.
   *
   * @param place where they are
   * @param trainedOn whether the model has seen them
   * @param eightBit whether pixels are 8-bit; samples are then rounded as in an image file
   * @param rows two halves
   * @param shares of the classes, [K]
   * @param accuracies of the classifier; empty where there is none
   */
  record Reference(
      String place,
      boolean trainedOn,
      boolean eightBit,
      RealImages rows,
      double[] shares,
      List<ClassifierReport> accuracies) {}

  /**
   * @param training data in which near images are searched; empty where the real images are these
   * @param overrides settings that are not the run's
   */
  SampleComparison(
      JavaSparkContext spark,
      Settings settings,
      ImageShape shape,
      Reference reference,
      Optional<Classifier> classifier,
      Optional<GaussianMixture> mixture,
      Optional<ShardedData> training,
      List<String> overrides) {
    this.spark = spark;
    this.settings = settings;
    this.shape = shape;
    this.reference = reference;
    this.classifier = classifier;
    this.mixture = mixture;
    this.training = training;
    this.overrides = overrides;
  }

  /**
   * Measures samples.
   *
   * @param job shares the sets with all tasks until it is closed
   * @param half rows of the first half of the real images; where there are fewer samples, as many
   *     of each half are used
   */
  SamplesResult measure(CountedJob job, String name, GeneratedImages samples, int half) {
    long began = System.nanoTime();
    int n = Math.min(samples.count(), half);
    ComparedRows sets = sets(samples, n, half);
    Broadcast<ComparedRows> shared = job.broadcast(sets);
    DistanceJobs distances = new DistanceJobs(spark, settings);
    Aspect values = shape.vector() ? Aspect.VALUES : Aspect.PIXELS;
    List<Metric> metrics = new ArrayList<>(distances.of(shared, shape, values));
    List<Histogram> histograms = new ArrayList<>();
    if (classifier.isPresent()) {
      Classified[] classified = classify(shared);
      float[][] features =
          Arrays.stream(classified).map(Classified::features).toArray(float[][]::new);
      metrics.addAll(
          distances.of(
              job.broadcast(new ComparedRows(features, ClassNetwork.FEATURES)),
              new ImageShape(1, 1, ClassNetwork.FEATURES),
              Aspect.FEATURES));
      int[][] labels = Arrays.stream(classified).map(Classified::labels).toArray(int[][]::new);
      addHistogram(Aspect.CLASSES, labels, reference.shares(), metrics, histograms);
      metrics.add(meanOf(Quantity.CONFIDENCE, classified, Classified::confidence));
      metrics.add(meanOf(Quantity.ENTROPY, classified, Classified::entropy));
    }
    if (mixture.isPresent()) {
      metrics.add(distances.stein(shared, mixture.get(), values));
      Modes modes = new Modes(mixture.get());
      int[][] of = Arrays.stream(sets.rows()).map(modes::of).toArray(int[][]::new);
      addHistogram(Aspect.MODES, of, modes.weights(), metrics, histograms);
      metrics.add(
          DistanceJobs.metric(
              Quantity.VARIANCE_RATIO, Aspect.MODES, set -> modes.varianceRatio(sets.rows()[set])));
    }
    List<Nearest> nearest = training.isPresent() ? nearest(sets, metrics) : List.of();
    return new SamplesResult(
        name,
        samples.place(),
        samples.total(),
        n,
        reference.place(),
        reference.trainedOn(),
        reference.accuracies(),
        metrics,
        histograms,
        nearest,
        (System.nanoTime() - began) / 1e9,
        overrides);
  }

  private ComparedRows sets(GeneratedImages samples, int n, int half) {
    int d = shape.dimension();
    float[] real = reference.rows().rows();
    float[][] rows = new float[ComparedRows.COMPARED + 1][];
    rows[ComparedRows.SAMPLES] = rounded(Arrays.copyOf(samples.pixels(), n * d));
    rows[ComparedRows.FLOOR] = Arrays.copyOfRange(real, half * d, (half + n) * d);
    rows[ComparedRows.REAL] = Arrays.copyOf(real, n * d);
    rows[ComparedRows.WRONG] = rounded(wrong(real, n));
    return new ComparedRows(rows, d);
  }

  private float[] rounded(float[] pixels) {
    if (reference.eightBit()) {
      for (int j = 0; j < pixels.length; j++) {
        pixels[j] = Math.round(255 * Math.min(1, Math.max(0, pixels[j]))) / 255f;
      }
    }
    return pixels;
  }

  private float[] wrong(float[] real, int n) {
    int d = shape.dimension();
    double[] mean = new double[d];
    double[] variance = new double[d];
    int count = real.length / d;
    for (int j = 0; j < real.length; j++) {
      mean[j % d] += real[j] / (double) count;
    }
    for (int j = 0; j < real.length; j++) {
      double apart = real[j] - mean[j % d];
      variance[j % d] += apart * apart / count;
    }
    float[] wrong = new float[n * d];
    for (int i = 0; i < n; i++) {
      Draws draws = Draws.of(settings.seed(), Purpose.EVALUATION, i, 1);
      for (int j = 0; j < d; j++) {
        wrong[i * d + j] = (float) (mean[j] + Math.sqrt(variance[j]) * draws.gaussian());
      }
    }
    return wrong;
  }

  private Classified[] classify(Broadcast<ComparedRows> shared) {
    ComparedRows sets = shared.value();
    int classes = classifier.orElseThrow().classes();
    int n = sets.size();
    float[][] probabilities = new float[ComparedRows.COMPARED + 1][n * classes];
    float[][] features = new float[ComparedRows.COMPARED + 1][n * ClassNetwork.FEATURES];
    try (CountedJob job = CountedJob.within(spark, "classes")) {
      Broadcast<Classifier> judge = job.broadcast(classifier.get());
      List<Block> blocks = sets.blocks(ComparedRows.COMPARED + 1);
      List<Classified> parts =
          spark
              .parallelize(blocks, blocks.size())
              .map(new Classify(shared, judge, settings.train().threadsPerWorker()))
              .collect();
      for (int i = 0; i < parts.size(); i++) {
        Block block = blocks.get(i);
        copy(parts.get(i).probabilities(), probabilities[block.set()], block.from() * classes);
        copy(parts.get(i).features(), features[block.set()], block.from() * ClassNetwork.FEATURES);
      }
    }
    return IntStream.range(0, probabilities.length)
        .mapToObj(set -> new Classified(classes, probabilities[set], features[set]))
        .toArray(Classified[]::new);
  }

  private static void copy(float[] from, float[] to, int at) {
    System.arraycopy(from, 0, to, at, from.length);
  }

  private record Classify(
      Broadcast<ComparedRows> sets, Broadcast<Classifier> classifier, int threads)
      implements Function<Block, Classified> {

    @Override
    public Classified call(Block block) {
      TaskResources.take(threads);
      return classifier.value().classify(sets.value().rows(block));
    }
  }

  private static void addHistogram(
      Aspect of,
      int[][] labels,
      double[] shares,
      List<Metric> metrics,
      List<Histogram> histograms) {
    metrics.add(
        DistanceJobs.metric(
            Quantity.TOTAL_VARIATION,
            of,
            set -> ClassHistogram.totalVariation(labels[set], shares)));
    ClassHistogram[] seen =
        Arrays.stream(labels)
            .limit(ComparedRows.COMPARED)
            .map(set -> ClassHistogram.of(set, shares))
            .toArray(ClassHistogram[]::new);
    histograms.add(
        new Histogram(
            of,
            shares,
            seen[ComparedRows.SAMPLES].counts(),
            seen[ComparedRows.FLOOR].counts(),
            seen[ComparedRows.WRONG].counts(),
            Arrays.stream(seen).mapToDouble(ClassHistogram::chiSquare).toArray(),
            Arrays.stream(seen).mapToDouble(ClassHistogram::pValue).toArray()));
  }

  /** A number of each image of a set. */
  @FunctionalInterface
  private interface OfImage {
    double in(Classified classified, int image);
  }

  private static Metric meanOf(Quantity metric, Classified[] classified, OfImage number) {
    return DistanceJobs.metric(
        metric,
        Aspect.CLASSES,
        set ->
            Jackknife.ofMean(
                IntStream.range(0, classified[set].images())
                    .mapToDouble(i -> number.in(classified[set], i))
                    .toArray()));
  }

  /** Adds how near the sets lie to the training data beside the real images they have not seen. */
  private List<Nearest> nearest(ComparedRows sets, List<Metric> metrics) {
    int d = sets.dimension();
    int n = Math.min(sets.size(), MOST_SEARCHED);
    float[] rows =
        ImageRows.joined(
            Arrays.stream(sets.rows())
                .map(set -> Arrays.copyOf(set, n * d))
                .toArray(float[][]::new));
    NearestRows found =
        new TrainingNeighbours(spark, settings.train().threadsPerWorker())
            .of(rows, training.orElseThrow());
    metrics.add(
        DistanceJobs.metric(
            Quantity.MEAN_DISTANCE,
            Aspect.TRAINING,
            set -> found.meanDistance(set * n, (set + 1) * n)));
    metrics.add(
        DistanceJobs.metric(
            Quantity.DISTANCE_RATIO,
            Aspect.TRAINING,
            set -> found.ratio(set * n, ComparedRows.REAL * n, n)));
    return IntStream.range(0, n)
        .boxed()
        .sorted(Comparator.comparingDouble(found::distance))
        .limit(PAIRS)
        .map(sample -> new Nearest(sample, found.id(sample), found.distance(sample)))
        .toList();
  }
}
