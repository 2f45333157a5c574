package tweedie.driver.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import tweedie.data.ImageRows;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardReader;
import tweedie.device.TaskResources;

/** The images of a shard, some at a time, inside a task. */
final class ShardBlocks {

  /** So many images are summed over together. */
  private static final int BLOCK = 32;

  private ShardBlocks() {}

  /** Reads a shard; blocks are [up to 32][d]. */
  static void read(Shard shard, Consumer<double[][]> task) {
    List<double[]> block = new ArrayList<>();
    try (ShardReader reader = ShardReader.open(shard, TaskResources.hadoop())) {
      while (reader.hasNext()) {
        block.add(ImageRows.doubles(reader.next().pixels()));
        if (block.size() == BLOCK || !reader.hasNext()) {
          task.accept(block.toArray(double[][]::new));
          block.clear();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(shard.path() + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** All of a shard that is kept, [n, d]. */
  static float[] pixels(Shard shard, int d) {
    float[] pixels = new float[Math.toIntExact(shard.images() * d)];
    int[] at = {0};
    read(
        shard,
        block -> {
          for (double[] image : block) {
            System.arraycopy(ImageRows.floats(image), 0, pixels, at[0], d);
            at[0] += d;
          }
        });
    return pixels;
  }

  /** The same blocks, of what {@link #pixels} kept. */
  static void of(float[] pixels, int d, Consumer<double[][]> task) {
    int images = pixels.length / d;
    for (int from = 0; from < images; from += BLOCK) {
      double[][] block = new double[Math.min(BLOCK, images - from)][];
      for (int i = 0; i < block.length; i++) {
        block[i] =
            ImageRows.doubles(Arrays.copyOfRange(pixels, (from + i) * d, (from + i + 1) * d));
      }
      task.accept(block);
    }
  }
}
