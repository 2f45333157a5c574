package tweedie.driver.model;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tweedie.data.ImageRows;
import tweedie.data.ImageShape;
import tweedie.data.shard.Shard;
import tweedie.data.shard.ShardedData;
import tweedie.score.Denoiser;
import tweedie.score.PosteriorSums;

/**
 * The images of a data set in place of a network: their optimal denoiser, which sums over all of
 * them at every call.
 *
 * <p>A process that has room for them reads them once and keeps them for all its tasks. Otherwise
 * every call reads all shards again, holding one row group at a time: it takes long, and it is said
 * beforehand how long.
 */
final class DataModel implements RunModel {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(DataModel.class);

  /** Share of the heap of a process that the images usually may take. */
  static final double MEMORY_SHARE = 0.25;

  private final String place;
  private final ImageShape shape;
  private final ArrayList<Shard> shards;
  private final long images;
  private final double memoryShare;
  private transient List<float[]> kept;

  /**
   * @param place where the images are, for people
   * @param memoryShare share of the heap that the images may take
   */
  DataModel(String place, ShardedData data, double memoryShare) {
    this.place = place;
    this.memoryShare = memoryShare;
    this.shape = data.shape();
    this.shards = new ArrayList<>(data.shards());
    this.images = data.images();
  }

  @Override
  public String name() {
    return "the %d images of %s".formatted(images, place);
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public Denoiser denoiser() {
    return new OfAllImages();
  }

  @Override
  public void announce(JavaSparkContext spark, int batches, int batchSize, long calls) {
    double seconds =
        new DataPosterior(spark, shards, shape.dimension()).secondsOfFirstShard(batchSize)
            * images
            / shards.get(0).images();
    int together = Math.max(1, Math.min(batches, spark.defaultParallelism()));
    LOG.info(
        "a call for {} noisy images goes through {} images{}: about {} s at the largest noise, by"
            + " the time of the first shard; {} batches of about {} calls, {} at a time: at most"
            + " about {} s in all",
        batchSize,
        images,
        fits() ? " in memory" : ", which are read again each time",
        "%.3g".formatted(seconds),
        batches,
        calls,
        together,
        "%.3g".formatted(seconds * calls * Math.ceil((double) batches / together)));
  }

  @Override
  public synchronized void free() {
    kept = null;
  }

  private boolean fits() {
    return (double) images * shape.dimension() * Float.BYTES
        < memoryShare * Runtime.getRuntime().maxMemory();
  }

  /** The images of each shard end to end; read by the first task of a process. */
  private synchronized List<float[]> kept() {
    if (kept == null) {
      kept = shards.stream().map(this::pixels).toList();
    }
    return kept;
  }

  private float[] pixels(Shard shard) {
    FloatBuffer pixels = FloatBuffer.allocate(Math.toIntExact(shard.images() * shape.dimension()));
    DataPosterior.readBlocks(
        shard,
        block -> {
          for (double[] image : block) {
            pixels.put(ImageRows.floats(image));
          }
        });
    return pixels.array();
  }

  private void forEachBlock(Consumer<double[][]> task) {
    if (!fits()) {
      shards.forEach(shard -> DataPosterior.readBlocks(shard, task));
      return;
    }
    int d = shape.dimension();
    for (float[] pixels : kept()) {
      int images = pixels.length / d;
      for (int from = 0; from < images; from += DataPosterior.BLOCK) {
        double[][] block = new double[Math.min(DataPosterior.BLOCK, images - from)][];
        for (int i = 0; i < block.length; i++) {
          block[i] =
              ImageRows.doubles(Arrays.copyOfRange(pixels, (from + i) * d, (from + i + 1) * d));
        }
        task.accept(block);
      }
    }
  }

  private final class OfAllImages implements Denoiser {

    @Override
    public int dimension() {
      return shape.dimension();
    }

    @Override
    public void denoise(double[] y, double[] s, double[] out) {
      // the sums keep what they are given, and out may be y
      PosteriorSums sums = new PosteriorSums(Arrays.copyOf(y, s.length * shape.dimension()), s);
      forEachBlock(sums::add);
      sums.denoised(out);
    }
  }
}
