package tweedie.network.graph;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A matrix product with normalised weights and no bias, [n, in] to [n, out]; its output has
 * magnitude {@code gain}.
 */
public final class Dense extends Node {

  private final Node x;
  private final NormalizedWeight weight;
  private Operation forward;
  private Operation backward;
  private Operation backwardWeight;
  private Claim claim;

  public Dense(Graph graph, Node x, String name, long out, double gain) {
    super(new long[] {out}, gain);
    this.x = x;
    double initialStd = 1 / Math.sqrt(x.channels());
    this.weight =
        new NormalizedWeight(
            graph.parameter(name, initialStd, x.channels(), out), gain / x.magnitude);
  }

  @Override
  void allocate(int n) {
    super.allocate(n);
    weight.allocate();
    forward = product(x.value, 0, weight.effective, 0, value);
  }

  @Override
  void allocateBackward(int n) {
    claim = x.claim(n);
    backward = product(gradient, 0, weight.effective, 1, claim.array());
    if (weight.learned()) {
      weight.allocateBackward();
      backwardWeight = product(x.value, 1, gradient, 0, weight.effectiveGradient);
    }
  }

  @Override
  void forward() {
    weight.forward();
    forward.run();
  }

  @Override
  void backward() {
    backward.run();
    claim.written();
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
