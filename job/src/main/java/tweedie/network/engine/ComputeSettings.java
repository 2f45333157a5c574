package tweedie.network.engine;

import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import tweedie.network.graph.Precision;

/**
 * How networks are computed: of the machines that compute, not of a run, whose files know nothing
 * of it.
 *
 * <p>Tasks find it in Spark's configuration, where {@link #asSpark} puts it.
 *
 * @param engine which library computes
 * @param layout how oneDNN lays out images
 * @param precision of the numbers that convolutions multiply in training
 * @param tf32 whether convolutions on GPUs may multiply numbers of 11 bits
 * @param cudnnBenchmark whether cuDNN searches for its fastest convolutions
 */
public record ComputeSettings(
    Choice engine, LayoutChoice layout, Precision precision, boolean tf32, boolean cudnnBenchmark)
    implements Serializable {

  /** A library that computes. */
  public enum Choice {
    /** The fastest that is there. */
    AUTO,
    /** oneDNN on an x86-64 CPU. */
    ONEDNN,
    /** ND4J, on the CPU or on the GPU of a build with {@code -Pcuda}. */
    ND4J,
    /** LibTorch, on the CPU or a GPU. */
    TORCH
  }

  /** How oneDNN lays out images. */
  public enum LayoutChoice {
    /** {@link #BLOCKED}. */
    AUTO,
    /** Blocks of channels. */
    BLOCKED,
    /** All channels of a pixel together. */
    CHANNELS_LAST
  }

  /** What holds where nobody says anything. */
  public static final ComputeSettings DEFAULT =
      new ComputeSettings(Choice.AUTO, LayoutChoice.AUTO, Precision.FLOAT32, true, false);

  private static final String ENGINE = "spark.tweedie.compute.engine";
  private static final String LAYOUT = "spark.tweedie.compute.layout";
  private static final String PRECISION = "spark.tweedie.compute.precision";
  private static final String TF32 = "spark.tweedie.compute.tf32";
  private static final String BENCHMARK = "spark.tweedie.compute.cudnn-benchmark";

  private static volatile ComputeSettings outsideSpark = DEFAULT;

  /** Lets networks of this process be computed so where it runs no Spark. */
  public static void useOutsideSpark(ComputeSettings settings) {
    outsideSpark = settings;
  }

  /** Entries of Spark's configuration, by which tasks know of it. */
  public Map<String, String> asSpark() {
    return Map.of(
        ENGINE,
        engine.name(),
        LAYOUT,
        layout.name(),
        PRECISION,
        precision.name(),
        TF32,
        Boolean.toString(tf32),
        BENCHMARK,
        Boolean.toString(cudnnBenchmark));
  }

  /** Those of the Spark application that this process belongs to. */
  static ComputeSettings here() {
    SparkEnv spark = SparkEnv.get();
    return spark == null ? outsideSpark : of(spark.conf());
  }

  private static ComputeSettings of(SparkConf conf) {
    return new ComputeSettings(
        Choice.valueOf(written(conf.get(ENGINE, DEFAULT.engine.name()))),
        LayoutChoice.valueOf(written(conf.get(LAYOUT, DEFAULT.layout.name()))),
        Precision.valueOf(written(conf.get(PRECISION, DEFAULT.precision.name()))),
        conf.getBoolean(TF32, DEFAULT.tf32),
        conf.getBoolean(BENCHMARK, DEFAULT.cudnnBenchmark));
  }

  private static String written(String value) {
    return value.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
