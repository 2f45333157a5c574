package tweedie.benchmark;

import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Arithmetic in GFLOP/s, a multiplication and an addition counting two: a large product of
 * matrices, which is the machine's practical peak, and the convolutions of the presets at 64
 * images.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class Operations {

  private static final int BATCH = 64;

  /**
   * gemm SIZE, or conv or conv_bp HEIGHT IN OUT STRIDE; conv_bp is the gradient of input and
   * weights.
   */
  @Param({
    "gemm 2048",
    "conv 28 32 32 1",
    "conv 14 64 64 1",
    "conv 7 128 128 1",
    "conv 7 256 256 1",
    "conv_bp 28 32 32 1",
    "conv_bp 14 64 64 1",
    "conv_bp 7 128 128 1",
    "conv_bp 7 256 256 1",
  })
  public String operation;

  private Runnable run;
  private double gigaFlop;
  private INDArray[] arrays;

  /** What JMH counts beside calls. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Counter {
    public double gigaFlop;

    @Setup(Level.Iteration)
    public void zero() {
      gigaFlop = 0;
    }
  }

  @Setup
  public void begin() {
    String[] words = operation.split(" ");
    int[] sizes = new int[words.length - 1];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Integer.parseInt(words[i + 1]);
    }
    if (words[0].equals("gemm")) {
      int n = sizes[0];
      arrays = new INDArray[] {array(n, n), array(n, n), array(n, n)};
      run = () -> Nd4j.gemm(arrays[0], arrays[1], arrays[2], false, false, 1, 0);
      gigaFlop = 2e-9 * n * n * n;
    } else {
      convolution(words[0].equals("conv_bp"), sizes[0], sizes[1], sizes[2], sizes[3]);
    }
  }

  /** As {@code tweedie.network.graph.Convolution} makes it. */
  private void convolution(boolean backward, int size, int in, int out, int stride) {
    int smaller = size / stride;
    INDArray x = array(BATCH, size, size, in);
    INDArray weight = array(3, 3, in, out);
    INDArray y = array(BATCH, smaller, smaller, out);
    INDArray xGradient = array(BATCH, size, size, in);
    INDArray weightGradient = array(3, 3, in, out);
    arrays = new INDArray[] {x, weight, y, xGradient, weightGradient};
    CustomOp op =
        DynamicCustomOp.builder(backward ? "conv2d_bp" : "conv2d")
            .addInputs(backward ? new INDArray[] {x, weight, y} : new INDArray[] {x, weight})
            .addOutputs(backward ? new INDArray[] {xGradient, weightGradient} : new INDArray[] {y})
            .addIntegerArguments(3, 3, stride, stride, 0, 0, 1, 1, 1, 1, 0)
            .build();
    run = () -> Nd4j.getExecutioner().exec(op);
    gigaFlop = (backward ? 2 : 1) * 2e-9 * BATCH * smaller * smaller * 9.0 * in * out;
  }

  private static INDArray array(long... shape) {
    return Nd4j.rand(DataType.FLOAT, shape);
  }

  @Benchmark
  public void run(Counter counter) {
    run.run();
    counter.gigaFlop += gigaFlop;
  }

  @TearDown
  public void close() {
    for (INDArray array : arrays) {
      array.close();
    }
  }
}
