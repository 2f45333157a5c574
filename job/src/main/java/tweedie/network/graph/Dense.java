package tweedie.network.graph;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A matrix product with normalised weights and no bias, [n, in] to [n, out]; its output has
 * magnitude {@code gain}.
 */
public final class Dense extends WeightedNode {

  public Dense(Graph graph, Node x, String name, long out, double gain) {
    super(graph, x, name, new long[] {out}, gain, x.channels(), out);
  }

  @Override
  Operation applied() {
    return product(x.value, 0, weight, 0, value);
  }

  @Override
  List<Operation> propagating(int n) {
    Operation ofInput = product(gradient, 0, weight, 1, gradientOf(x, n));
    return learned()
        ? List.of(ofInput, product(x.value, 1, gradient, 0, weightGradient()))
        : List.of(ofInput);
  }

  /** out = a b, where 1 transposes. */
  private static Operation product(
      INDArray a, int transposeA, INDArray b, int transposeB, INDArray out) {
    return new Operation(
        "matmul", new INDArray[] {a, b}, new INDArray[] {out}, transposeA, transposeB, 0);
  }
}
