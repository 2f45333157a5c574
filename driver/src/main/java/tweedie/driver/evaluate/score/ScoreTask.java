package tweedie.driver.evaluate.score;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import tweedie.data.ImageRows;
import tweedie.driver.model.RunModel;
import tweedie.network.engine.Engines;
import tweedie.score.Copies;
import tweedie.score.CopyNoise;
import tweedie.score.Denoiser;
import tweedie.score.Draws;
import tweedie.score.Draws.Purpose;

/**
 * A task that denoises a block of noisy images by the model and by the best denoiser.
 *
 * @param copies numbers of copies that the model is shown; empty for one that sees their mean only
 * @param done counts noisy images
 */
record ScoreTask(
    Broadcast<RunModel> model,
    Broadcast<NoisyImages> noisy,
    Broadcast<BestDenoiser> best,
    int[] copies,
    long seed,
    int threads,
    LongAccumulator done)
    implements Function<ScoreTask.Block, ScoreTask.Compared> {

  /** Images from..to-1 at one level. */
  record Block(int level, int from, int to) implements Serializable {

    /** All images at all levels, at most {@code largest} in a block. */
    static List<Block> all(NoisyImages noisy, int largest) {
      List<Block> blocks = new ArrayList<>();
      for (int level = 0; level < noisy.levels(); level++) {
        for (int from = 0; from < noisy.count(); from += largest) {
          blocks.add(new Block(level, from, Math.min(noisy.count(), from + largest)));
        }
      }
      return blocks;
    }
  }

  /**
   * Squared distances of the images of a block; the first index is a number of copies.
   *
   * @param errors of the model from the clean images
   * @param apart of the model from the best denoiser
   * @param traces of Cov(x | y)
   * @param shrunk of the best denoiser from the noisy images
   * @param bestErrors of the best denoiser from the clean images
   */
  record Compared(
      double[][] errors, double[][] apart, double[] traces, double[] shrunk, double[] bestErrors)
      implements Serializable {

    /** Of the images of all blocks, one after another. */
    static Compared joined(List<Compared> blocks) {
      double[][] errors = new double[blocks.get(0).errors.length][];
      double[][] apart = new double[errors.length][];
      for (int i = 0; i < errors.length; i++) {
        int view = i;
        errors[i] = ImageRows.joined(blocks.stream().map(block -> block.errors[view]).toList());
        apart[i] = ImageRows.joined(blocks.stream().map(block -> block.apart[view]).toList());
      }
      return new Compared(
          errors,
          apart,
          ImageRows.joined(blocks.stream().map(Compared::traces).toList()),
          ImageRows.joined(blocks.stream().map(Compared::shrunk).toList()),
          ImageRows.joined(blocks.stream().map(Compared::bestErrors).toList()));
    }
  }

  @Override
  public Compared call(Block block) {
    Engines.take(threads);
    NoisyImages all = noisy.value();
    int b = block.to() - block.from();
    int d = all.dimension();
    int first = block.level() * all.count() + block.from();
    double[] y = Arrays.copyOfRange(all.y(), first * d, (first + b) * d);
    double[] s = Arrays.copyOfRange(all.s(), first, first + b);
    double[] x =
        ImageRows.doubles(Arrays.copyOfRange(all.images(), block.from() * d, block.to() * d));
    BestDenoiser.Answers bestOnes = best.value().of(first, y, s);
    double[][] denoised = denoised(block, y, s);
    double[][] errors = new double[denoised.length][];
    double[][] apart = new double[denoised.length][];
    for (int view = 0; view < denoised.length; view++) {
      errors[view] = squaredDistances(denoised[view], x, b);
      apart[view] = squaredDistances(denoised[view], bestOnes.denoised(), b);
    }
    done.add(b);
    return new Compared(
        errors,
        apart,
        bestOnes.traces(),
        squaredDistances(bestOnes.denoised(), y, b),
        squaredDistances(bestOnes.denoised(), x, b));
  }

  private double[][] denoised(Block block, double[] y, double[] s) {
    long[] images = LongStream.range(block.from(), block.to()).toArray();
    try (Denoiser denoiser = model.value().denoiser()) {
      if (copies.length == 0) {
        double[] denoised = new double[y.length];
        denoiser.forChains(seed, images).denoise(y, s, denoised);
        return new double[][] {denoised};
      }
      double[][] denoised = new double[copies.length][];
      for (int view = 0; view < copies.length; view++) {
        CopyNoise noise = CopyNoise.ofMean(s[0], copies[view]);
        denoised[view] = denoiser.forChains(seed, images).denoise(around(images, y, noise), noise);
      }
      return denoised;
    }
  }

  /** Fresh copies of every image whose mean is y, [b, m, d]. */
  private double[] around(long[] images, double[] y, CopyNoise noise) {
    int d = y.length / images.length;
    List<double[]> fresh = new ArrayList<>();
    for (int i = 0; i < images.length; i++) {
      Draws draws = Draws.of(seed, Purpose.SCORE_ERROR, images[i], noise.copies());
      fresh.add(Copies.around(ImageRows.row(y, i, d), noise, draws));
    }
    return ImageRows.joined(fresh);
  }

  private static double[] squaredDistances(double[] a, double[] b, int n) {
    double[] squares = new double[n];
    for (int j = 0; j < a.length; j++) {
      double apart = a[j] - b[j];
      squares[j / (a.length / n)] += apart * apart;
    }
    return squares;
  }
}
