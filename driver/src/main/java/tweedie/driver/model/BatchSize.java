package tweedie.driver.model;

import java.util.Arrays;
import org.apache.spark.api.java.JavaSparkContext;
import org.bytedeco.javacpp.Pointer;
import tweedie.network.engine.BatchCheck;
import tweedie.score.Denoiser;
import tweedie.score.DifferentiableDenoiser;

/** How many images or chains a task takes through a model at a time. */
public final class BatchSize {

  /** More chains in a batch do not make a call of the denoiser faster for each of them... */
  private static final int LARGEST = 32;

  /** ...unless they have few values: then so many values, */
  private static final int VALUES = 25_000;

  /** but not more chains than this, so that there is something to spread. */
  private static final int LARGEST_OF_VECTORS = 512;

  /** Share of the native memory of a process that its batches may take, all tasks together. */
  private static final double MEMORY_SHARE = 0.25;

  private BatchSize() {}

  /**
   * The batch that a setting says, or else the largest that is useful and fits into the native
   * memory of a task.
   *
   * @param set 0 for nothing
   * @param times as of {@link #useful(JavaSparkContext, RunModel, int)}
   */
  public static int chosen(int set, JavaSparkContext spark, RunModel model, int times) {
    return set > 0 ? set : useful(spark, model, times);
  }

  /**
   * The largest batch that is useful and fits into the native memory of a task.
   *
   * @param times how often a task holds the values of all operations of a network
   */
  public static int useful(JavaSparkContext spark, RunModel model, int times) {
    int cores = Runtime.getRuntime().availableProcessors();
    int tasks = Math.max(1, spark.getConf().getInt("spark.executor.cores", cores));
    return useful(model, (long) (MEMORY_SHARE * Pointer.maxBytes() / tasks) / times);
  }

  /** The same where the values of all operations of a network may take so many bytes. */
  static int useful(RunModel model, long bytes) {
    int useful =
        Math.min(LARGEST_OF_VECTORS, Math.max(LARGEST, VALUES / model.shape().dimension()));
    return Math.min(useful, model.largestBatch(bytes));
  }

  /**
   * Tries a batch on a GPU.
   *
   * @param setting the setting that says how many images
   * @param products whether the Jacobian is multiplied, too
   * @throws tweedie.device.DeviceException if the GPU has too little memory for it
   */
  public static void check(
      JavaSparkContext spark, RunModel model, String setting, int images, boolean products) {
    new BatchCheck(setting, images, n -> compute(model, n, products)).run(spark);
  }

  /** A call of the model on n images that do not matter. */
  static void compute(RunModel model, int n, boolean products) {
    double[] y = new double[n * model.shape().dimension()];
    double[] s = new double[n];
    Arrays.fill(s, 1);
    long[] chains = new long[n];
    try {
      if (products) {
        try (DifferentiableDenoiser denoiser = model.differentiable()) {
          double[][] rows = new double[1][y.length];
          denoiser.fixedFor(0, chains).denoise(y, s, new double[y.length], rows, rows);
        }
      } else {
        try (Denoiser denoiser = model.denoiser()) {
          denoiser.forChains(0, chains).denoise(y, s, y);
        }
      }
    } finally {
      model.free();
    }
  }
}
