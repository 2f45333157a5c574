package tweedie.driver.evaluate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.ImageRows;
import tweedie.data.LabeledImage;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.data.shard.ShardedData;
import tweedie.device.RowProducts;
import tweedie.device.TaskResources;
import tweedie.driver.progress.CountedJob;
import tweedie.evaluate.samples.NearestRows;
import tweedie.network.engine.Engines;

/**
 * The nearest training image of each of some rows: one task a shard, which holds a block of its
 * images at a time; a tree of merges keeps the driver's memory small.
 */
public final class TrainingNeighbours {

  private static final int IMAGES_IN_BLOCK = 256;

  private TrainingNeighbours() {}

  /**
   * Looks through all shards.
   *
   * @param rows [n, d]
   */
  public static NearestRows of(EvaluatedRun run, float[] rows, ShardedData training) {
    List<Shard> shards = training.shards();
    int threads = run.settings().train().threadsPerWorker();
    try (CountedJob job = CountedJob.within(run.spark(), "nearest training images")) {
      LongAccumulator seen = job.count("nearest training images", "images", training.images());
      return run.spark()
          .parallelize(shards, shards.size())
          .map(new Search(job.broadcast(rows), training.shape().dimension(), threads, seen))
          .treeReduce(NearestRows::merge);
    }
  }

  private record Search(Broadcast<float[]> rows, int dimension, int threads, LongAccumulator seen)
      implements Function<Shard, NearestRows> {

    @Override
    public NearestRows call(Shard shard) throws IOException {
      Engines.take(threads);
      NearestRows nearest = new NearestRows(rows.value().length / dimension);
      try (ShardReader reader = ShardReader.open(shard, TaskResources.hadoop())) {
        List<LabeledImage> block = new ArrayList<>();
        while (reader.hasNext()) {
          block.add(reader.next());
          if (block.size() == IMAGES_IN_BLOCK || !reader.hasNext()) {
            compare(block, nearest);
            seen.add(block.size());
            block.clear();
          }
        }
      }
      return nearest;
    }

    private void compare(List<LabeledImage> block, NearestRows nearest) {
      float[] images = ImageRows.of(block);
      double[] products = RowProducts.of(rows.value(), images, dimension);
      double[] squares = ImageRows.squares(rows.value(), dimension);
      double[] imageSquares = ImageRows.squares(images, dimension);
      for (int i = 0; i < squares.length; i++) {
        for (int j = 0; j < imageSquares.length; j++) {
          double apart = squares[i] + imageSquares[j] - 2 * products[i * imageSquares.length + j];
          nearest.add(i, block.get(j).id(), Math.max(0, apart));
        }
      }
    }
  }
}
