package tweedie.driver.evaluate.samples;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.shard.ShardedData;
import tweedie.data.source.GeneratedImages;
import tweedie.driver.evaluate.EvaluatedRun;
import tweedie.driver.evaluate.EvaluatedRun.Real;
import tweedie.driver.evaluate.SampleSet.Drawn;
import tweedie.driver.evaluate.TrainingNeighbours;
import tweedie.driver.evaluate.samples.ComparedRows.Block;
import tweedie.driver.evaluate.samples.SamplesResult.Histogram;
import tweedie.driver.evaluate.samples.SamplesResult.Metric;
import tweedie.driver.evaluate.samples.SamplesResult.Nearest;
import tweedie.driver.progress.CountedJob;
import tweedie.evaluate.HalfSamples;
import tweedie.evaluate.samples.ClassHistogram;
import tweedie.evaluate.samples.Classified;
import tweedie.evaluate.samples.Classifier;
import tweedie.evaluate.samples.Modes;
import tweedie.evaluate.samples.NearestRows;
import tweedie.network.ClassNetwork;
import tweedie.network.engine.Engines;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;

/**
 * Measures one set of samples after another against the same real images.
 *
 * <p>The wrong samples are normal, each pixel by itself with the mean and the variance that it has
 * in the real images.
 *
 * @param rows of the real images, two halves; where there are fewer samples than a half has rows,
 *     as many of each half are used
 * @param network of the user's own, whose features are compared too
 * @param training data in which near images are searched; empty where the real images are these
 */
record SampleComparison(
    EvaluatedRun run,
    ImageShape shape,
    Real real,
    float[] rows,
    Optional<RealClasses> classes,
    Optional<NetworkFeatures> network,
    Optional<ShardedData> training) {

  /** Most rows of each set whose nearest training image is searched. */
  private static final int MOST_SEARCHED = 1000;

  /** So many of the nearest are named. */
  private static final int PAIRS = 8;

  /** Measures samples. */
  SamplesResult measure(Drawn set) throws IOException {
    try (CountedJob job = run.job("samples " + set.name())) {
      return measure(job, set.name(), set.images());
    }
  }

  private SamplesResult measure(CountedJob job, String name, GeneratedImages samples)
      throws IOException {
    long began = System.nanoTime();
    int half = rows.length / shape.dimension() / 2;
    int n = Math.min(samples.count(), half);
    ComparedRows sets = sets(samples, n, half);
    Broadcast<ComparedRows> shared = job.broadcast(sets);
    DistanceJobs distances = new DistanceJobs(run.spark(), run.settings());
    Aspect values = shape.vector() ? Aspect.VALUES : Aspect.PIXELS;
    List<Metric> metrics = new ArrayList<>(distances.of(shared, shape, values));
    List<Histogram> histograms = new ArrayList<>();
    List<AskedClass> asked = List.of();
    if (classes.isPresent()) {
      Classified[] classified = classify(shared, classes.get().classifier());
      float[][] features =
          Arrays.stream(classified).map(Classified::features).toArray(float[][]::new);
      metrics.addAll(
          distances.of(
              job.broadcast(new ComparedRows(features, ClassNetwork.FEATURES)),
              new ImageShape(1, 1, ClassNetwork.FEATURES),
              Aspect.FEATURES));
      ClassHistogram[] seen =
          Arrays.stream(classified)
              .map(set -> new ClassHistogram(set.labels(), set.classes()))
              .toArray(ClassHistogram[]::new);
      ClassHistogram inReal = seen[ComparedRows.REAL];
      metrics.add(
          DistanceJobs.metric(
              Quantity.TOTAL_VARIATION, Aspect.CLASSES, set -> seen[set].totalVariation(inReal)));
      histograms.add(
          Histogram.of(
              Aspect.CLASSES,
              classes.get().names(),
              inReal.shares(),
              seen,
              set -> seen[set].chiSquare(inReal)));
      metrics.add(meanOf(Quantity.CONFIDENCE, classified, Classified::confidence));
      metrics.add(meanOf(Quantity.ENTROPY, classified, Classified::entropy));
      asked =
          AskedClass.of(
              classes.get().names(),
              IntStream.of(order(n)).map(i -> samples.labels()[i]).toArray(),
              classified[ComparedRows.SAMPLES]);
    }
    if (network.isPresent()) {
      metrics.addAll(ofNetwork(network.get(), shared, distances, name));
    }
    Optional<GaussianMixture> mixture = run.mixture();
    if (mixture.filter(found -> found.dimension() == shape.dimension()).isPresent()) {
      metrics.add(distances.stein(shared, mixture.get(), values));
      Modes modes = new Modes(mixture.get());
      double[] weights = modes.weights();
      ClassHistogram[] seen =
          Arrays.stream(sets.rows())
              .map(rows -> new ClassHistogram(modes.of(rows), weights.length))
              .toArray(ClassHistogram[]::new);
      metrics.add(
          DistanceJobs.metric(
              Quantity.TOTAL_VARIATION, Aspect.MODES, set -> seen[set].totalVariation(weights)));
      histograms.add(
          Histogram.of(
              Aspect.MODES, List.of(), weights, seen, set -> seen[set].chiSquare(weights)));
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
        real.place(),
        real.trainedOn(),
        classes.map(RealClasses::accuracies).orElse(List.of()),
        metrics,
        histograms,
        asked,
        nearest,
        (System.nanoTime() - began) / 1e9,
        run.overrides());
  }

  /** The metrics of the features of the user's network, whose moments are written. */
  private List<Metric> ofNetwork(
      NetworkFeatures network, Broadcast<ComparedRows> shared, DistanceJobs distances, String name)
      throws IOException {
    try (CountedJob job = CountedJob.within(run.spark(), "features")) {
      int threads = run.settings().train().threadsPerWorker();
      long seed = run.settings().seed();
      int parts = shared.value().blocks(ComparedRows.COMPARED + 1).size() + network.tasks();
      LongAccumulator done = job.count("features", "parts", parts);
      ComparedRows features =
          network.of(run.spark(), job, new SharedRows(shared, seed, threads, done));
      Broadcast<ComparedRows> sent = job.broadcast(features);
      List<Metric> metrics =
          new ArrayList<>(
              network.distances(run.spark(), job, new SharedRows(sent, seed, threads, done)));
      ImageShape vector = new ImageShape(1, 1, features.dimension());
      metrics.addAll(distances.of(sent, vector, Aspect.NETWORK));
      NetworkFeatures.write(
          run.directory().files(),
          new Path(run.directory().path(), "evaluation/features-%s.npz".formatted(name)),
          features);
      return metrics;
    }
  }

  private ComparedRows sets(GeneratedImages samples, int n, int half) {
    int d = shape.dimension();
    float[][] sets = new float[ComparedRows.COMPARED + 1][];
    sets[ComparedRows.SAMPLES] = rounded(inOrder(samples.pixels(), order(n), d));
    sets[ComparedRows.FLOOR] = Arrays.copyOfRange(rows, half * d, (half + n) * d);
    sets[ComparedRows.REAL] = Arrays.copyOf(rows, n * d);
    sets[ComparedRows.WRONG] = rounded(wrong(n));
    return new ComparedRows(sets, d);
  }

  /**
   * The order in which the first n samples are compared: a random one, as that of the real images
   * is. Others' samples may come class by class, which no half of them may.
   */
  private int[] order(int n) {
    return Draws.of(run.settings().seed(), Purpose.EVALUATION, n, 4).permutation(n);
  }

  private static float[] inOrder(float[] rows, int[] order, int d) {
    float[] ordered = new float[order.length * d];
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(rows, order[i] * d, ordered, i * d, d);
    }
    return ordered;
  }

  /** As in an image file, where the real images are 8-bit. */
  private float[] rounded(float[] pixels) {
    if (real.shards().filter(ShardedData::eightBit).isPresent()) {
      for (int j = 0; j < pixels.length; j++) {
        pixels[j] = Math.round(255 * Math.min(1, Math.max(0, pixels[j]))) / 255f;
      }
    }
    return pixels;
  }

  private float[] wrong(int n) {
    int d = shape.dimension();
    double[] mean = new double[d];
    double[] variance = new double[d];
    int count = rows.length / d;
    for (int j = 0; j < rows.length; j++) {
      mean[j % d] += rows[j] / (double) count;
    }
    for (int j = 0; j < rows.length; j++) {
      double apart = rows[j] - mean[j % d];
      variance[j % d] += apart * apart / count;
    }
    float[] wrong = new float[n * d];
    for (int i = 0; i < n; i++) {
      Draws draws = Draws.of(run.settings().seed(), Purpose.EVALUATION, i, 1);
      for (int j = 0; j < d; j++) {
        wrong[i * d + j] = (float) (mean[j] + Math.sqrt(variance[j]) * draws.gaussian());
      }
    }
    return wrong;
  }

  private Classified[] classify(Broadcast<ComparedRows> shared, Classifier classifier) {
    int sets = ComparedRows.COMPARED + 1;
    List<Block> blocks = shared.value().blocks(sets);
    try (CountedJob job = CountedJob.within(run.spark(), "classes")) {
      int threads = run.settings().train().threadsPerWorker();
      List<Classified> parts =
          run.spark()
              .parallelize(blocks, blocks.size())
              .map(new Classify(shared, job.broadcast(classifier), threads))
              .collect();
      float[][] probabilities =
          ComparedRows.bySet(parts.stream().map(Classified::probabilities).toList(), sets);
      float[][] features =
          ComparedRows.bySet(parts.stream().map(Classified::features).toList(), sets);
      return IntStream.range(0, sets)
          .mapToObj(set -> new Classified(classifier.classes(), probabilities[set], features[set]))
          .toArray(Classified[]::new);
    }
  }

  private record Classify(
      Broadcast<ComparedRows> sets, Broadcast<Classifier> classifier, int threads)
      implements Function<Block, Classified> {

    @Override
    public Classified call(Block block) {
      Engines.take(threads);
      return classifier.value().classify(sets.value().rows(block));
    }
  }

  private static Metric meanOf(
      Quantity metric, Classified[] classified, ToDoubleBiFunction<Classified, Integer> number) {
    return DistanceJobs.metric(
        metric,
        Aspect.CLASSES,
        set ->
            HalfSamples.ofMean(
                IntStream.range(0, classified[set].images())
                    .mapToDouble(i -> number.applyAsDouble(classified[set], i))
                    .toArray()));
  }

  /** Adds how near the sets lie to the training data beside the real images they have not seen. */
  private List<Nearest> nearest(ComparedRows sets, List<Metric> metrics) {
    int d = sets.dimension();
    int n = Math.min(sets.size(), MOST_SEARCHED);
    float[] searched =
        ImageRows.joined(
            Arrays.stream(sets.rows())
                .map(set -> Arrays.copyOf(set, n * d))
                .toArray(float[][]::new));
    NearestRows found = TrainingNeighbours.of(run, searched, training.orElseThrow());
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
    int[] order = order(sets.size());
    return IntStream.range(0, n)
        .boxed()
        .sorted(Comparator.comparingDouble(found::distance))
        .limit(PAIRS)
        .map(sample -> new Nearest(order[sample], found.id(sample), found.distance(sample)))
        .toList();
  }
}
