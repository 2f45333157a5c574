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
import tweedie.evaluate.samples.Neighbours.Balls;

/**
 * Neighbours and kernel sums: Spark jobs over blocks of each set by itself, and over blocks of each
 * compared set against the real rows.
 *
 * @param job that shares what tasks need
 * @param neighbours k of the balls
 */
record NeighbourJob(JavaSparkContext spark, CountedJob job, SharedRows shared, int neighbours) {

  /** Of one set: the balls around its rows, kernel sums without the diagonal. */
  record Own(Balls[] balls, KernelSums sums) implements Serializable {}

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
      total[set] = new Own(new Balls[size], new KernelSums());
    }
    for (int i = 0; i < parts.size(); i++) {
      Block block = blocks.get(i);
      Balls[] balls = parts.get(i).balls();
      System.arraycopy(balls, 0, total[block.set()].balls(), block.from(), balls.length);
      total[block.set()].sums().add(parts.get(i).sums());
    }
    return total;
  }

  /** Of each compared set. */
  Cross[] cross(Own[] own) {
    List<Block> blocks = shared.sets().value().blocks(ComparedRows.COMPARED);
    int size = shared.sets().value().size();
    Balls[][] balls = Arrays.stream(own).map(Own::balls).toArray(Balls[][]::new);
    List<Cross> parts =
        spark
            .parallelize(blocks, blocks.size())
            .map(new MeasureCross(shared, job.broadcast(balls)))
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

  private record MeasureCross(SharedRows shared, Broadcast<Balls[][]> balls)
      implements Function<Block, Cross> {

    @Override
    public Cross call(Block block) {
      Cross cross = cross(shared.begin(), block, balls.value());
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
    Balls[] balls = new Balls[block.to() - block.from()];
    KernelSums sums = new KernelSums();
    double[] distances = new double[n];
    for (int i = block.from(); i < block.to(); i++) {
      for (int j = 0; j < n; j++) {
        double product = products[(i - block.from()) * n + j];
        distances[j] = squares[i] + squares[j] - 2 * product;
        if (j != i) {
          sums.add(i, j, KernelSums.cubic(product, sets.dimension()));
        }
      }
      balls[i - block.from()] = Balls.of(i, distances, neighbours);
    }
    return new Own(balls, sums);
  }

  /**
   * Of a block against the real rows.
   *
   * @param balls around the rows of each set, [4][n]
   */
  static Cross cross(ComparedRows sets, Block block, Balls[][] balls) {
    int n = sets.size();
    double[] products =
        RowProducts.of(sets.rows(block), sets.rows()[ComparedRows.REAL], sets.dimension());
    double[] squares = sets.squares(block.set());
    double[] realSquares = sets.squares(ComparedRows.REAL);
    Balls[] own = balls[block.set()];
    Balls[] real = balls[ComparedRows.REAL];
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
