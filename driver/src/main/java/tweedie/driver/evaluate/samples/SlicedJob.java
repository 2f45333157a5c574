package tweedie.driver.evaluate.samples;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import tweedie.data.ImageRows;
import tweedie.device.RowProducts;
import tweedie.evaluate.samples.Projection;
import tweedie.evaluate.samples.SlicedDistances;

/**
 * The sliced distances of the compared sets from the real rows: a Spark job over directions.
 *
 * @param directions how many
 */
record SlicedJob(JavaSparkContext spark, SharedRows shared, int directions) {

  private static final int DIRECTIONS_IN_TASK = 16;

  /** How many tasks there are for so many directions. */
  static int tasks(int directions) {
    return (directions + DIRECTIONS_IN_TASK - 1) / DIRECTIONS_IN_TASK;
  }

  /** Of each compared set. */
  SlicedDistances[] run() {
    List<Integer> first =
        IntStream.range(0, tasks(directions))
            .map(task -> task * DIRECTIONS_IN_TASK)
            .boxed()
            .toList();
    SlicedDistances[] total = null;
    for (SlicedDistances[] part :
        spark.parallelize(first, first.size()).map(new Slice(shared, directions)).collect()) {
      if (total == null) {
        total = part;
      } else {
        for (int set = 0; set < ComparedRows.COMPARED; set++) {
          total[set].add(part[set]);
        }
      }
    }
    return total;
  }

  private record Slice(SharedRows shared, int directions)
      implements Function<Integer, SlicedDistances[]> {

    @Override
    public SlicedDistances[] call(Integer first) {
      SlicedDistances[] distances =
          along(
              shared.begin(),
              shared.seed(),
              first,
              Math.min(first + DIRECTIONS_IN_TASK, directions));
      shared.done().add(1);
      return distances;
    }
  }

  /** Of each compared set, along directions from..to-1. */
  static SlicedDistances[] along(ComparedRows sets, long seed, int from, int to) {
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
}
