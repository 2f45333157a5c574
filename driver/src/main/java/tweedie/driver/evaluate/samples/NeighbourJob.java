package tweedie.driver.evaluate.samples;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import tweedie.device.RowProducts;
import tweedie.driver.evaluate.samples.ComparedRows.Block;
import tweedie.driver.progress.CountedJob;
import tweedie.evaluate.samples.KernelSums;
import tweedie.evaluate.samples.Neighbours;

/**
 * Neighbours and kernel sums: Spark jobs over blocks of each set by itself, and over blocks of each
 * compared set against the real rows.
 *
 * @param job that shares what tasks need
 * @param neighbours k of the balls
 */
record NeighbourJob(JavaSparkContext spark, CountedJob job, SharedRows shared, int neighbours) {

  /** Of one set: squared radii of the balls around its rows, kernel sums without the diagonal. */
  record Own(double[] squaredRadii, KernelSums sums) implements Serializable {}

  /** Of one set against the real rows. */
  record Cross(Neighbours neighbours, KernelSums sums) implements Serializable {}

  /** Of each set. */
  Own[] own() {
    List<Block> blocks = shared.sets().value().blocks(ComparedRows.COMPARED + 1);
    int size = shared.sets().value().size();
    List<Own> parts =
        spark.parallelize(blocks, blocks.size()).map(new MeasureOwn(shared, neighbours)).collect();
    Own[] total = new Own[ComparedRows.COMPARED + 1];
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

  /** Of each compared set. */
  Cross[] cross(Own[] own) {
    List<Block> blocks = shared.sets().value().blocks(ComparedRows.COMPARED);
    int size = shared.sets().value().size();
    double[][] radii = Arrays.stream(own).map(Own::squaredRadii).toArray(double[][]::new);
    List<Cross> parts =
        spark
            .parallelize(blocks, blocks.size())
            .map(new MeasureCross(shared, job.broadcast(radii)))
            .collect();
    Cross[] total = new Cross[ComparedRows.COMPARED];
    for (int set = 0; set < total.length; set++) {
      total[set] = new Cross(new Neighbours(size, size), new KernelSums());
    }
    for (int i = 0; i < parts.size(); i++) {
      Cross sum = total[blocks.get(i).set()];
      sum.neighbours().add(parts.get(i).neighbours());
      sum.sums().add(parts.get(i).sums());
    }
    return total;
  }

  private record MeasureOwn(SharedRows shared, int neighbours) implements Function<Block, Own> {

    @Override
    public Own call(Block block) {
      Own own = own(shared.begin(), block, neighbours);
      shared.done().add(1);
      return own;
    }
  }

  private record MeasureCross(SharedRows shared, Broadcast<double[][]> radii)
      implements Function<Block, Cross> {

    @Override
    public Cross call(Block block) {
      Cross cross = cross(shared.begin(), block, radii.value());
      shared.done().add(1);
      return cross;
    }
  }

  /** Of a block against all of its set. */
  static Own own(ComparedRows sets, Block block, int neighbours) {
    int n = sets.size();
    double[] products =
        RowProducts.of(sets.rows(block), sets.rows()[block.set()], sets.dimension());
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
    return new Own(radii, sums);
  }

  /**
   * Of a block against the real rows.
   *
   * @param radii squared radii of the balls of each set, [4][n]
   */
  static Cross cross(ComparedRows sets, Block block, double[][] radii) {
    int n = sets.size();
    double[] products =
        RowProducts.of(sets.rows(block), sets.rows()[ComparedRows.REAL], sets.dimension());
    double[] squares = sets.squares(block.set());
    double[] realSquares = sets.squares(ComparedRows.REAL);
    double[] own = radii[block.set()];
    double[] real = radii[ComparedRows.REAL];
    Neighbours neighbours = new Neighbours(n, n);
    KernelSums sums = new KernelSums();
    for (int i = block.from(); i < block.to(); i++) {
      for (int j = 0; j < n; j++) {
        double product = products[(i - block.from()) * n + j];
        neighbours.add(i, j, squares[i] + realSquares[j] - 2 * product, own[i], real[j]);
        sums.add(i, j, KernelSums.cubic(product, sets.dimension()));
      }
    }
    return new Cross(neighbours, sums);
  }
}
