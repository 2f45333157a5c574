package tweedie.network;

import org.nd4j.linalg.factory.Nd4j;

/**
 * A matrix product with normalised weights and no bias, [n, in] to [n, out]; its output has
 * magnitude {@code gain}.
 */
final class Dense extends Node {

  private final Node x;
  private final NormalizedWeight weight;
  private Claim claim;

  Dense(Graph graph, Node x, String name, long out, double gain) {
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
  }

  @Override
  void allocateBackward(int n) {
    if (weight.learned()) {
      weight.allocateBackward();
    }
    claim = x.claim(n);
  }

  @Override
  void forward() {
    weight.forward();
    Nd4j.gemm(x.value, weight.effective, value, false, false, 1, 0);
  }

  @Override
  void backward() {
    Nd4j.gemm(gradient, weight.effective, claim.array(), false, true, 1, 0);
    claim.written();
    if (weight.learned()) {
      Nd4j.gemm(x.value, gradient, weight.effectiveGradient, true, false, 1, 0);
      weight.backward();
    }
  }

  @Override
  void release() {
    super.release();
    weight.release();
  }
}
