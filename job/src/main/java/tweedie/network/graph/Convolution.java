package tweedie.network.graph;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution with normalised weights, "same" padding and no bias; its output has magnitude
 * {@code gain}.
 */
public final class Convolution extends NativeNode {

  private final Node x;
  private final int stride;
  private final NormalizedWeight weight;

  public Convolution(
      Graph graph, Node x, String name, int kernel, int stride, long out, double gain) {
    super(new long[] {strided(x.shape[0], stride), strided(x.shape[1], stride), out}, gain);
    this.x = x;
    this.stride = stride;
    double initialStd = 1 / Math.sqrt((double) kernel * kernel * x.channels());
    this.weight =
        new NormalizedWeight(
            graph.parameter(name, initialStd, kernel, kernel, x.channels(), out),
            gain / x.magnitude);
  }

  /** "Same" padding leaves ceil(size / stride) pixels. */
  private static long strided(long size, int stride) {
    return (size + stride - 1) / stride;
  }

  @Override
  List<Operation> computing(int n) {
    weight.allocate();
    return List.of(NativeOps.convolution(x.value, weight.effective, stride, value));
  }

  @Override
  List<Operation> propagating(int n) {
    INDArray ofInput = gradientOf(x, n);
    boolean square = x.shape[0] == x.shape[1];
    if (!weight.learned() && square) {
      return List.of(
          NativeOps.convolutionInputBackward(x.value, weight.effective, stride, gradient, ofInput));
    }
    weight.allocateBackward();
    return List.of(
        NativeOps.convolutionBackward(
            x.value, weight.effective, stride, gradient, ofInput, weight.effectiveGradient));
  }

  @Override
  void forward() {
    weight.forward();
    super.forward();
  }

  @Override
  void backward() {
    super.backward();
    if (weight.learned()) {
      weight.backward();
    }
  }

  @Override
  void release() {
    super.release();
    weight.release();
  }
}
