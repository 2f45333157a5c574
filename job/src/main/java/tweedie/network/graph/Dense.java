package tweedie.network.graph;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A matrix product with normalised weights and no bias, [n, in] to [n, out]; its output has
 * magnitude {@code gain}.
 */
public final class Dense extends NativeNode {

  private final Node x;
  private final NormalizedWeight weight;
  private Operation backwardWeight;

  public Dense(Graph graph, Node x, String name, long out, double gain) {
    super(new long[] {out}, gain);
    this.x = x;
    double initialStd = 1 / Math.sqrt(x.channels());
    this.weight =
        new NormalizedWeight(
            graph.parameter(name, initialStd, x.channels(), out), gain / x.magnitude);
  }

  @Override
  List<Operation> computing(int n) {
    weight.allocate();
    return List.of(product(x.value, 0, weight.effective, 0, value));
  }

  @Override
  List<Operation> propagating(int n) {
    INDArray ofInput = gradientOf(x, n);
    if (weight.learned()) {
      weight.allocateBackward();
      backwardWeight = product(x.value, 1, gradient, 0, weight.effectiveGradient);
    }
    return List.of(product(gradient, 0, weight.effective, 1, ofInput));
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
      backwardWeight.run();
      weight.backward();
    }
  }

  /** out = a b, where 1 transposes. */
  private static Operation product(
      INDArray a, int transposeA, INDArray b, int transposeB, INDArray out) {
    return new Operation(
        "matmul", new INDArray[] {a, b}, new INDArray[] {out}, transposeA, transposeB, 0);
  }

  @Override
  void release() {
    super.release();
    weight.release();
  }
}
