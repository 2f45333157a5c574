package tweedie.driver.evaluate.samples;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.ImageShape;
import tweedie.device.Products;
import tweedie.device.TaskResources;
import tweedie.driver.config.Settings;
import tweedie.driver.evaluate.samples.Measured.Metric;
import tweedie.driver.evaluate.samples.Sets.Block;
import tweedie.driver.progress.Progress;
import tweedie.driver.progress.TaskProgress;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.samples.Accuracy;
import tweedie.evaluate.samples.KernelSums;
import tweedie.evaluate.samples.MaximumMeanDiscrepancy;
import tweedie.evaluate.samples.Neighbours;
import tweedie.evaluate.samples.Projection;
import tweedie.evaluate.samples.SlicedDistances;
import tweedie.evaluate.samples.SteinDiscrepancy;
import tweedie.evaluate.samples.TwoSampleTest;
import tweedie.score.GaussianMixture;

/**
 * All distances between sets of rows, in four Spark jobs: over directions for the sliced distances,
 * over blocks of each set for its own neighbours and kernel sums, and over blocks of each compared
 * set against the real rows; and a task for each compared set, which tries to tell it from the real
 * rows. Tasks return sums.
 */
final class Distances {

  private static final int DIRECTIONS_IN_TASK = 16;

  private final JavaSparkContext spark;
  private final Settings settings;

  Distances(JavaSparkContext spark, Settings settings) {
    this.spark = spark;
    this.settings = settings;
  }

  /**
   * The metrics of the compared sets.
   *
   * @param shape of a row
   * @param of what the rows are, for the table
   */
  @SuppressWarnings("try") // the listener works by being attached
  List<Metric> of(Sets sets, ImageShape shape, Aspect of) {
    Broadcast<Sets> shared = spark.broadcast(sets);
    LongAccumulator done = spark.sc().longAccumulator("parts measured");
    Task task = new Task(shared, settings.seed(), settings.train().threadsPerWorker(), done);
    List<Integer> directions =
        IntStream.iterate(
                0, from -> from < settings.evaluate().projections(), f -> f + DIRECTIONS_IN_TASK)
            .boxed()
            .toList();
    List<Block> own = sets.blocks(Sets.COMPARED + 1);
    List<Block> compared = sets.blocks(Sets.COMPARED);
    try (Progress progress =
            Progress.start(
                "distances of " + of.label(),
                "parts",
                directions.size() + own.size() + compared.size() + Sets.COMPARED);
        TaskProgress attached = TaskProgress.attach(spark.sc(), done, progress)) {
      SlicedDistances[] sliced = sliced(task, directions);
      Own[] sums = own(task, own, sets.size());
      Cross[] cross = cross(task, compared, sums, sets.size());
      List<Metric> metrics = metrics(of, sliced, sums, cross);
      metrics.add(twoSampleTest(task, shape, of));
      return metrics;
    } finally {
      shared.destroy();
    }
  }

  private List<Metric> metrics(Aspect of, SlicedDistances[] sliced, Own[] own, Cross[] cross) {
    int k = settings.evaluate().neighbours();
    List<Metric> metrics = new ArrayList<>();
    metrics.add(metric(Quantity.SLICED_W2, of, set -> sliced[set].wasserstein()));
    metrics.add(metric(Quantity.SLICED_KS, of, set -> sliced[set].kolmogorovSmirnov()));
    metrics.add(
        metric(
            Quantity.MMD,
            of,
            set ->
                MaximumMeanDiscrepancy.squared(
                    own[set].sums(), own[Sets.REAL].sums(), cross[set].sums()),
            set ->
                MaximumMeanDiscrepancy.pValue(
                    own[set].sums(), own[Sets.REAL].sums(), cross[set].sums(), settings.seed())));
    metrics.add(metric(Quantity.PRECISION, of, set -> cross[set].neighbours().precision()));
    metrics.add(metric(Quantity.RECALL, of, set -> cross[set].neighbours().recall()));
    metrics.add(metric(Quantity.DENSITY, of, set -> cross[set].neighbours().density(k)));
    metrics.add(metric(Quantity.COVERAGE, of, set -> cross[set].neighbours().coverage()));
    return metrics;
  }

  static Metric metric(Quantity metric, Aspect of, IntFunction<Estimate> estimate) {
    return new Metric(
        metric,
        of,
        estimate.apply(Sets.SAMPLES),
        estimate.apply(Sets.FLOOR),
        estimate.apply(Sets.WRONG));
  }

  /**
   * A number of the compared sets with its p-value where the set were drawn from the real
   * distribution.
   */
  private static Metric metric(
      Quantity metric, Aspect of, IntFunction<Estimate> estimate, IntToDoubleFunction pValue) {
    return new Metric(
        metric,
        of,
        estimate.apply(Sets.SAMPLES),
        estimate.apply(Sets.FLOOR),
        estimate.apply(Sets.WRONG),
        IntStream.range(0, Sets.COMPARED).mapToDouble(pValue).toArray());
  }

  /** How well a fresh classifier tells each compared set from the real rows; a task a set. */
  private Metric twoSampleTest(Task task, ImageShape shape, Aspect of) {
    List<Accuracy> accuracies =
        spark
            .parallelize(List.of(Sets.SAMPLES, Sets.FLOOR, Sets.WRONG), Sets.COMPARED)
            .map(new TellApart(task, shape))
            .collect();
    return metric(
        Quantity.C2ST,
        of,
        set -> accuracies.get(set).estimate(),
        set -> TwoSampleTest.pValue(accuracies.get(set)));
  }

  /**
   * The kernel Stein discrepancy of the compared sets from a mixture.
   *
   * @param of what the rows are, for the table
   */
  @SuppressWarnings("try") // the listener works by being attached
  Metric stein(Sets sets, GaussianMixture mixture, Aspect of) {
    Broadcast<Sets> shared = spark.broadcast(sets);
    LongAccumulator done = spark.sc().longAccumulator("parts measured");
    List<Block> blocks = sets.blocks(Sets.COMPARED);
    KernelSums[] total = new KernelSums[Sets.COMPARED];
    Arrays.setAll(total, set -> new KernelSums());
    try (Progress progress = Progress.start("Stein discrepancy", "parts", blocks.size());
        TaskProgress attached = TaskProgress.attach(spark.sc(), done, progress)) {
      List<KernelSums> parts =
          spark
              .parallelize(blocks, blocks.size())
              .map(new MeasureStein(shared, new SteinDiscrepancy(mixture), done))
              .collect();
      for (int i = 0; i < parts.size(); i++) {
        total[blocks.get(i).set()].add(parts.get(i));
      }
    } finally {
      shared.destroy();
    }
    return metric(Quantity.KSD, of, set -> total[set].mean());
  }

  private SlicedDistances[] sliced(Task task, List<Integer> directions) {
    int last = settings.evaluate().projections();
    SlicedDistances[] total = null;
    for (SlicedDistances[] part :
        spark.parallelize(directions, directions.size()).map(new Slice(task, last)).collect()) {
      if (total == null) {
        total = part;
      } else {
        for (int set = 0; set < Sets.COMPARED; set++) {
          total[set].add(part[set]);
        }
      }
    }
    return total;
  }

  private Own[] own(Task task, List<Block> blocks, int size) {
    List<Own> parts =
        spark
            .parallelize(blocks, blocks.size())
            .map(new MeasureOwn(task, settings.evaluate().neighbours()))
            .collect();
    Own[] total = new Own[Sets.COMPARED + 1];
    for (int set = 0; set < total.length; set++) {
      total[set] = new Own(new double[size], new KernelSums());
    }
    for (int i = 0; i < parts.size(); i++) {
      Block block = blocks.get(i);
      double[] radii = parts.get(i).squaredRadii();
      System.arraycopy(radii, 0, total[block.set()].squaredRadii(), block.from(), radii.length);
      total[block.set()].sums().add(parts.get(i).sums());
    }
    return total;
  }

  private Cross[] cross(Task task, List<Block> blocks, Own[] own, int size) {
    double[][] radii = new double[own.length][];
    for (int set = 0; set < own.length; set++) {
      radii[set] = own[set].squaredRadii();
    }
    Broadcast<double[][]> shared = spark.broadcast(radii);
    try {
      List<Cross> parts =
          spark.parallelize(blocks, blocks.size()).map(new MeasureCross(task, shared)).collect();
      Cross[] total = new Cross[Sets.COMPARED];
      for (int set = 0; set < total.length; set++) {
        total[set] = new Cross(new Neighbours(size, size), new KernelSums());
      }
      for (int i = 0; i < parts.size(); i++) {
        Cross sum = total[blocks.get(i).set()];
        sum.neighbours().add(parts.get(i).neighbours());
        sum.sums().add(parts.get(i).sums());
      }
      return total;
    } finally {
      shared.destroy();
    }
  }

  /** What every task needs. */
  private record Task(Broadcast<Sets> sets, long seed, int threads, LongAccumulator done)
      implements Serializable {

    Sets begin() {
      TaskResources.take(threads);
      return sets.value();
    }
  }

  /** Of one set: squared radii of the balls around its rows, kernel sums without the diagonal. */
  private record Own(double[] squaredRadii, KernelSums sums) implements Serializable {}

  /** Of one set against the real rows. */
  private record Cross(Neighbours neighbours, KernelSums sums) implements Serializable {}

  private record Slice(Task task, int last) implements Function<Integer, SlicedDistances[]> {

    @Override
    public SlicedDistances[] call(Integer first) {
      Sets sets = task.begin();
      int d = sets.dimension();
      int count = Math.min(DIRECTIONS_IN_TASK, last - first);
      float[] directions = new float[count * d];
      for (int p = 0; p < count; p++) {
        System.arraycopy(Projection.direction(task.seed(), first + p, d), 0, directions, p * d, d);
      }
      Projection[][] projections = new Projection[Sets.COMPARED + 1][];
      for (int set = 0; set < projections.length; set++) {
        projections[set] = project(sets.rows()[set], directions, d);
      }
      SlicedDistances[] distances = new SlicedDistances[Sets.COMPARED];
      for (int set = 0; set < distances.length; set++) {
        distances[set] = new SlicedDistances();
        for (int p = 0; p < count; p++) {
          distances[set].add(projections[set][p], projections[Sets.REAL][p]);
        }
      }
      task.done().add(1);
      return distances;
    }

    private static Projection[] project(float[] rows, float[] directions, int d) {
      int n = rows.length / d;
      double[] products = Products.of(directions, rows, d);
      Projection[] projections = new Projection[directions.length / d];
      for (int p = 0; p < projections.length; p++) {
        projections[p] = new Projection(java.util.Arrays.copyOfRange(products, p * n, (p + 1) * n));
      }
      return projections;
    }
  }

  private record MeasureOwn(Task task, int neighbours) implements Function<Block, Own> {

    @Override
    public Own call(Block block) {
      Sets sets = task.begin();
      int n = sets.size();
      double[] products = Products.of(sets.rows(block), sets.rows()[block.set()], sets.dimension());
      double[] squares = sets.squares(block.set());
      double[] radii = new double[block.to() - block.from()];
      KernelSums sums = new KernelSums();
      double[] others = new double[n - 1];
      for (int i = block.from(); i < block.to(); i++) {
        for (int j = 0; j < n; j++) {
          double product = products[(i - block.from()) * n + j];
          if (j != i) {
            others[j < i ? j : j - 1] = squares[i] + squares[j] - 2 * product;
            sums.add(i, j, KernelSums.cubic(product, sets.dimension()));
          }
        }
        radii[i - block.from()] = Neighbours.squaredRadius(others, neighbours);
      }
      task.done().add(1);
      return new Own(radii, sums);
    }
  }

  private record MeasureCross(Task task, Broadcast<double[][]> radii)
      implements Function<Block, Cross> {

    @Override
    public Cross call(Block block) {
      Sets sets = task.begin();
      int n = sets.size();
      double[] products = Products.of(sets.rows(block), sets.rows()[Sets.REAL], sets.dimension());
      double[] squares = sets.squares(block.set());
      double[] realSquares = sets.squares(Sets.REAL);
      double[] own = radii.value()[block.set()];
      double[] real = radii.value()[Sets.REAL];
      Neighbours neighbours = new Neighbours(n, n);
      KernelSums sums = new KernelSums();
      for (int i = block.from(); i < block.to(); i++) {
        for (int j = 0; j < n; j++) {
          double product = products[(i - block.from()) * n + j];
          neighbours.add(i, j, squares[i] + realSquares[j] - 2 * product, own[i], real[j]);
          sums.add(i, j, KernelSums.cubic(product, sets.dimension()));
        }
      }
      task.done().add(1);
      return new Cross(neighbours, sums);
    }
  }

  private record TellApart(Task task, ImageShape shape) implements Function<Integer, Accuracy> {

    @Override
    public Accuracy call(Integer set) {
      Sets sets = task.begin();
      Accuracy accuracy =
          TwoSampleTest.accuracy(sets.rows()[set], sets.rows()[Sets.REAL], shape, task.seed());
      task.done().add(1);
      return accuracy;
    }
  }

  private record MeasureStein(
      Broadcast<Sets> sets, SteinDiscrepancy discrepancy, LongAccumulator done)
      implements Function<Block, KernelSums> {

    @Override
    public KernelSums call(Block block) {
      KernelSums sums =
          discrepancy.sums(sets.value().rows()[block.set()], block.from(), block.to());
      done.add(1);
      return sums;
    }
  }
}
