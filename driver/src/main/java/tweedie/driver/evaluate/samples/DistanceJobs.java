package tweedie.driver.evaluate.samples;

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
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.device.RowProducts;
import tweedie.driver.config.Settings;
import tweedie.driver.evaluate.samples.ComparedRows.Block;
import tweedie.driver.evaluate.samples.NeighbourJob.Cross;
import tweedie.driver.evaluate.samples.NeighbourJob.Own;
import tweedie.driver.evaluate.samples.SamplesResult.Metric;
import tweedie.driver.progress.CountedJob;
import tweedie.evaluate.Estimate;
import tweedie.evaluate.samples.Accuracy;
import tweedie.evaluate.samples.KernelSums;
import tweedie.evaluate.samples.MaximumMeanDiscrepancy;
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
record DistanceJobs(JavaSparkContext spark, Settings settings) {

  private static final int DIRECTIONS_IN_TASK = 16;

  /**
   * The metrics of the compared sets.
   *
   * @param shape of a row
   * @param of what the rows are, for the table
   */
  List<Metric> of(Broadcast<ComparedRows> sets, ImageShape shape, Aspect of) {
    int projections = settings.evaluate().projections();
    List<Integer> directions = firstDirections(projections);
    int parts =
        directions.size()
            + sets.value().blocks(ComparedRows.COMPARED + 1).size()
            + sets.value().blocks(ComparedRows.COMPARED).size()
            + ComparedRows.COMPARED;
    String task = "distances of " + of.label();
    try (CountedJob job = CountedJob.within(spark, task)) {
      SharedRows shared =
          new SharedRows(
              sets,
              settings.seed(),
              settings.train().threadsPerWorker(),
              job.count(task, "parts", parts));
      SlicedDistances[] sliced =
          spark
              .parallelize(directions, directions.size())
              .map(new Slice(shared, projections))
              .collect()
              .stream()
              .reduce(DistanceJobs::plus)
              .orElseThrow();
      int k = settings.evaluate().neighbours();
      NeighbourJob near = new NeighbourJob(spark, job, shared, k);
      Own[] own = near.own();
      Cross[] cross = near.cross(own);
      List<Metric> metrics = new ArrayList<>();
      metrics.add(metric(Quantity.SLICED_W2, of, set -> sliced[set].wasserstein()));
      metrics.add(metric(Quantity.SLICED_KS, of, set -> sliced[set].kolmogorovSmirnov()));
      metrics.add(
          metric(
              Quantity.MMD,
              of,
              set ->
                  MaximumMeanDiscrepancy.squared(
                      own[set].sums(), own[ComparedRows.REAL].sums(), cross[set].sums()),
              set ->
                  MaximumMeanDiscrepancy.pValue(
                      own[set].sums(),
                      own[ComparedRows.REAL].sums(),
                      cross[set].sums(),
                      settings.seed())));
      metrics.add(metric(Quantity.PRECISION, of, set -> cross[set].neighbours().precision()));
      metrics.add(metric(Quantity.RECALL, of, set -> cross[set].neighbours().recall()));
      metrics.add(metric(Quantity.DENSITY, of, set -> cross[set].neighbours().density(k)));
      metrics.add(metric(Quantity.COVERAGE, of, set -> cross[set].neighbours().coverage()));
      metrics.add(twoSampleTest(shared, shape, of));
      return metrics;
    }
  }

  /** The first direction of each task. */
  static List<Integer> firstDirections(int directions) {
    return IntStream.iterate(0, first -> first < directions, first -> first + DIRECTIONS_IN_TASK)
        .boxed()
        .toList();
  }

  private static SlicedDistances[] plus(SlicedDistances[] total, SlicedDistances[] part) {
    for (int set = 0; set < ComparedRows.COMPARED; set++) {
      total[set].add(part[set]);
    }
    return total;
  }

  static Metric metric(Quantity metric, Aspect of, IntFunction<Estimate> estimate) {
    return metric(metric, of, estimate, null);
  }

  /**
   * A number of the compared sets.
   *
   * @param pValue where the set were drawn from the real distribution; null where there is no test
   */
  private static Metric metric(
      Quantity metric, Aspect of, IntFunction<Estimate> estimate, IntToDoubleFunction pValue) {
    return new Metric(
        metric,
        of,
        estimate.apply(ComparedRows.SAMPLES),
        estimate.apply(ComparedRows.FLOOR),
        estimate.apply(ComparedRows.WRONG),
        pValue == null
            ? null
            : IntStream.range(0, ComparedRows.COMPARED).mapToDouble(pValue).toArray(),
        null);
  }

  /** How well a fresh classifier tells each compared set from the real rows; a task a set. */
  private Metric twoSampleTest(SharedRows shared, ImageShape shape, Aspect of) {
    List<Accuracy> accuracies =
        spark
            .parallelize(
                List.of(ComparedRows.SAMPLES, ComparedRows.FLOOR, ComparedRows.WRONG),
                ComparedRows.COMPARED)
            .map(new TellApart(shared, shape))
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
  Metric stein(Broadcast<ComparedRows> sets, GaussianMixture mixture, Aspect of) {
    List<Block> blocks = sets.value().blocks(ComparedRows.COMPARED);
    KernelSums[] total = new KernelSums[ComparedRows.COMPARED];
    Arrays.setAll(total, set -> new KernelSums());
    try (CountedJob job = CountedJob.within(spark, "Stein discrepancy")) {
      LongAccumulator done = job.count("Stein discrepancy", "parts", blocks.size());
      List<KernelSums> parts =
          spark
              .parallelize(blocks, blocks.size())
              .map(new MeasureStein(sets, new SteinDiscrepancy(mixture), done))
              .collect();
      for (int i = 0; i < parts.size(); i++) {
        total[blocks.get(i).set()].add(parts.get(i));
      }
    }
    return metric(Quantity.KSD, of, set -> total[set].mean());
  }

  private record Slice(SharedRows shared, int directions)
      implements Function<Integer, SlicedDistances[]> {

    @Override
    public SlicedDistances[] call(Integer first) {
      int to = Math.min(first + DIRECTIONS_IN_TASK, directions);
      SlicedDistances[] distances = sliced(shared.begin(), shared.seed(), first, to);
      shared.done().add(1);
      return distances;
    }
  }

  /** Of each compared set, along directions from..to-1. */
  static SlicedDistances[] sliced(ComparedRows sets, long seed, int from, int to) {
    int d = sets.dimension();
    float[] directions =
        ImageRows.joined(
            IntStream.range(from, to)
                .mapToObj(index -> Projection.direction(seed, index, d))
                .toArray(float[][]::new));
    Projection[][] projections =
        Arrays.stream(sets.rows())
            .map(rows -> projections(rows, directions, d))
            .toArray(Projection[][]::new);
    SlicedDistances[] distances = new SlicedDistances[ComparedRows.COMPARED];
    for (int set = 0; set < distances.length; set++) {
      distances[set] = new SlicedDistances();
      for (int p = 0; p < to - from; p++) {
        distances[set].add(projections[set][p], projections[ComparedRows.REAL][p]);
      }
    }
    return distances;
  }

  private static Projection[] projections(float[] rows, float[] directions, int d) {
    double[] products = RowProducts.of(directions, rows, d);
    return IntStream.range(0, directions.length / d)
        .mapToObj(p -> new Projection(ImageRows.row(products, p, rows.length / d)))
        .toArray(Projection[]::new);
  }

  private record TellApart(SharedRows shared, ImageShape shape)
      implements Function<Integer, Accuracy> {

    @Override
    public Accuracy call(Integer set) {
      ComparedRows sets = shared.begin();
      Accuracy accuracy =
          TwoSampleTest.accuracy(
              sets.rows()[set], sets.rows()[ComparedRows.REAL], shape, shared.seed());
      shared.done().add(1);
      return accuracy;
    }
  }

  private record MeasureStein(
      Broadcast<ComparedRows> sets, SteinDiscrepancy discrepancy, LongAccumulator done)
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
