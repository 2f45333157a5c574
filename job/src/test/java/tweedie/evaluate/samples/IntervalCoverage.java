package tweedie.evaluate.samples;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Formatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.commons.math3.distribution.UniformRealDistribution;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardedData;
import tweedie.device.RowProducts;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.HalfSamples;
import tweedie.evaluate.samples.Neighbours.Balls;
import tweedie.network.ClassNetwork;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;
import tweedie.score.GaussianMixture;
import tweedie.score.Mixtures;

/**
 * How often the 95 % intervals of the metrics of samples hold the true number, and whether p-values
 * are uniform, over splits of real rows into two sets of one distribution. As true counts the mean
 * over the splits.
 *
 * <p>Prints the table of docs/evaluation.md for a mixture and for the images of shards:
 *
 * <pre>
 *   IntervalCoverage [SPLITS [ROWS [SHARDS]]]
 * </pre>
 */
public final class IntervalCoverage {

  static final GaussianMixture MIXTURE = Mixtures.unlikeModes();

  private static final int K = 5;
  private static final int DIRECTIONS = 64;

  private record Key(String on, String metric) {}

  private final Map<Key, List<Estimate>> intervals = new LinkedHashMap<>();
  private final Map<Key, List<Double>> pValues = new LinkedHashMap<>();

  /** See above. */
  public static void main(String[] arguments) throws IOException {
    int splits = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
    int n = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 500;
    IntervalCoverage coverage = new IntervalCoverage();
    for (int split = 0; split < splits; split++) {
      coverage.mixture(n, split, true);
    }
    if (arguments.length > 2) {
      coverage.images(new Path(arguments[2]), n, splits);
    }
    System.out.print(coverage.table());
  }

  /**
   * Two sets of n draws of the mixture.
   *
   * @param tellApart whether a classifier is trained, which takes most of the time
   */
  void mixture(int n, long seed, boolean tellApart) {
    double[] drawn = MIXTURE.sample(seed, LongStream.range(0, 2L * n).toArray());
    float[] x = ImageRows.floats(Arrays.copyOf(drawn, 2 * n));
    float[] y = ImageRows.floats(Arrays.copyOfRange(drawn, 2 * n, 4 * n));
    ImageShape plane = new ImageShape(1, 1, 2);
    distances("values", x, y, plane.dimension(), seed);
    if (tellApart) {
      tellApart("values", x, y, plane, seed);
    }
    add("values", "KSD^2", new SteinDiscrepancy(MIXTURE).sums(x, 0, n).mean());
    Modes modes = new Modes(MIXTURE);
    ClassHistogram seen = new ClassHistogram(modes.of(x), MIXTURE.components());
    add("modes", "total variation", seen.totalVariation(modes.weights()));
    addTest("modes", "chi-square", seen.chiSquare(modes.weights()).pValue());
    add("modes", "variance / true variance", modes.varianceRatio(x));
  }

  private void images(Path place, int n, int splits) throws IOException {
    Configuration conf = new Configuration();
    ShardedData data = ShardedData.open(place, conf);
    List<LabeledImage> images = new ArrayList<>();
    for (Shard shard : data.shards()) {
      try (ShardReader reader = ShardReader.open(shard, conf)) {
        reader.forEachRemaining(images::add);
      }
    }
    int classes = 1 + images.stream().mapToInt(LabeledImage::label).max().orElseThrow();
    ClassNetwork.Settings network = new ClassNetwork.Settings(data.shape(), classes, 0.5, 0.5);
    Classifier classifier =
        Classifier.train(network, data.fingerprint(), data.shards(), 1, conf, seen -> {});
    for (int split = 0; split < splits; split++) {
      int[] order = Draws.of(1, Purpose.EVALUATION, split, 9).permutation(images.size());
      List<LabeledImage> drawn =
          IntStream.range(0, 2 * n).mapToObj(i -> images.get(order[i])).toList();
      split(
          ImageRows.of(drawn.subList(0, n)),
          ImageRows.of(drawn.subList(n, 2 * n)),
          classifier,
          split);
    }
  }

  private void split(float[] x, float[] y, Classifier classifier, long seed) {
    Classified ofX = classifier.classify(x);
    Classified ofY = classifier.classify(y);
    distances("pixels", x, y, x.length / ofX.images(), seed);
    ImageShape features = new ImageShape(1, 1, ClassNetwork.FEATURES);
    distances("features", ofX.features(), ofY.features(), features.dimension(), seed);
    tellApart("features", ofX.features(), ofY.features(), features, seed);
    ClassHistogram seen = new ClassHistogram(ofX.labels(), ofX.classes());
    ClassHistogram others = new ClassHistogram(ofY.labels(), ofY.classes());
    add("classes", "total variation", seen.totalVariation(others));
    addTest("classes", "chi-square", seen.chiSquare(others).pValue());
    add("classes", "confidence", mean(ofX, ofX::confidence));
    add("classes", "entropy, nats", mean(ofX, ofX::entropy));
  }

  private static Estimate mean(Classified of, IntToDoubleFunction number) {
    return HalfSamples.ofMean(IntStream.range(0, of.images()).mapToDouble(number).toArray());
  }

  private void distances(String on, float[] x, float[] y, int d, long seed) {
    SlicedDistances sliced = new SlicedDistances();
    for (int p = 0; p < DIRECTIONS; p++) {
      float[] direction = Projection.direction(seed, p, d);
      sliced.add(
          new Projection(RowProducts.of(direction, x, d)),
          new Projection(RowProducts.of(direction, y, d)));
    }
    add(on, "sliced W2", sliced.wasserstein());
    add(on, "sliced Kolmogorov-Smirnov", sliced.kolmogorovSmirnov());
    KernelSums xx = new KernelSums();
    KernelSums yy = new KernelSums();
    KernelSums xy = new KernelSums();
    double[][] within = distances(x, x, d, xx);
    Balls[] ofX = balls(within);
    Balls[] ofY = balls(distances(y, y, d, yy));
    double[][] between = distances(x, y, d, xy);
    Neighbours neighbours = new Neighbours(ofX.length, ofY.length);
    for (int i = 0; i < ofX.length; i++) {
      for (int j = 0; j < ofY.length; j++) {
        neighbours.add(i, j, between[i][j], ofX[i], ofY[j]);
      }
    }
    add(on, "MMD^2, cubic kernel", MaximumMeanDiscrepancy.squared(xx, yy, xy));
    addTest(on, "MMD^2, cubic kernel", MaximumMeanDiscrepancy.pValue(xx, yy, xy, seed));
    add(on, "precision", neighbours.precision());
    add(on, "recall", neighbours.recall());
    add(on, "density", neighbours.density(K));
    add(on, "coverage", neighbours.coverage());
  }

  /** Squared distances, and the sums of the kernel without the diagonal of a set by itself. */
  private static double[][] distances(float[] a, float[] b, int d, KernelSums sums) {
    double[] products = RowProducts.of(a, b, d);
    double[] ofA = ImageRows.squares(a, d);
    double[] ofB = ImageRows.squares(b, d);
    double[][] distances = new double[ofA.length][ofB.length];
    for (int i = 0; i < ofA.length; i++) {
      for (int j = 0; j < ofB.length; j++) {
        double product = products[i * ofB.length + j];
        distances[i][j] = ofA[i] + ofB[j] - 2 * product;
        if (a != b || i != j) {
          sums.add(i, j, KernelSums.cubic(product, d));
        }
      }
    }
    return distances;
  }

  private static Balls[] balls(double[][] distances) {
    return IntStream.range(0, distances.length)
        .mapToObj(i -> Balls.of(i, distances[i], K))
        .toArray(Balls[]::new);
  }

  private void tellApart(String on, float[] x, float[] y, ImageShape shape, long seed) {
    Accuracy accuracy = TwoSampleTest.accuracy(x, y, shape, seed);
    add(on, "C2ST accuracy", accuracy.estimate());
    addTest(on, "C2ST accuracy", TwoSampleTest.pValue(accuracy));
  }

  private void add(String on, String metric, Estimate estimate) {
    intervals.computeIfAbsent(new Key(on, metric), key -> new ArrayList<>()).add(estimate);
  }

  private void addTest(String on, String metric, double pValue) {
    pValues.computeIfAbsent(new Key(on, metric), key -> new ArrayList<>()).add(pValue);
  }

  /** The share of the intervals of each metric that hold its mean over the splits. */
  Map<String, Double> coverage() {
    Map<String, Double> coverage = new LinkedHashMap<>();
    intervals.forEach(
        (key, estimates) -> coverage.put(key.on + ", " + key.metric, coverage(estimates)));
    return coverage;
  }

  private static double coverage(List<Estimate> estimates) {
    double mean = estimates.stream().mapToDouble(Estimate::value).average().orElseThrow();
    return estimates.stream()
        .mapToInt(interval -> interval.low() <= mean && mean <= interval.high() ? 1 : 0)
        .average()
        .orElseThrow();
  }

  /** How likely p-values that are less uniform are, by the test of Kolmogorov and Smirnov. */
  Map<String, Double> uniformity() {
    Map<String, Double> uniformity = new LinkedHashMap<>();
    pValues.forEach((key, found) -> uniformity.put(key.on + ", " + key.metric, uniformity(found)));
    return uniformity;
  }

  private static double uniformity(List<Double> found) {
    return new KolmogorovSmirnovTest()
        .kolmogorovSmirnovTest(
            new UniformRealDistribution(null, 0, 1),
            found.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private String table() {
    Formatter table = new Formatter(Locale.ROOT);
    table.format(
        "| on | metric | mean | standard deviation | half an interval, mean | intervals that hold"
            + " the mean | below 0 | p < 0.05 | p uniform? |%n|---|---|---|---|---|---|---|---|---|%n");
    intervals.forEach(
        (key, of) -> {
          double mean = of.stream().mapToDouble(Estimate::value).average().orElseThrow();
          double variance =
              of.stream().mapToDouble(e -> Math.pow(e.value() - mean, 2)).sum() / (of.size() - 1);
          table.format(
              "| %s | %s | %.4g | %.2g | %.2g | %.1f %% | %.1f %% | %s%n",
              key.on,
              key.metric,
              mean,
              Math.sqrt(variance),
              of.stream().mapToDouble(Estimate::halfWidth).average().orElseThrow(),
              100 * coverage(of),
              100 * share(of, e -> e.low() < 0),
              tested(key));
        });
    pValues.keySet().stream()
        .filter(key -> !intervals.containsKey(key))
        .forEach(
            key -> table.format("| %s | %s | | | | | | %s%n", key.on, key.metric, tested(key)));
    return table.toString();
  }

  private String tested(Key key) {
    List<Double> found = pValues.get(key);
    return found == null
        ? "| |"
        : "%.1f %% | p = %.2f |".formatted(100 * share(found, p -> p < 0.05), uniformity(found));
  }

  private static <T> double share(List<T> of, Predicate<T> that) {
    return of.stream().filter(that).count() / (double) of.size();
  }
}
