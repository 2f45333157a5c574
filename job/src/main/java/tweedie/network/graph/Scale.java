package tweedie.network.graph;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * x times one learned number that starts at 0, so that what it scales begins by changing nothing.
 */
public final class Scale extends Node {

  private final Node x;
  private final Parameter factor;
  private Operation forward;
  private Operation backward;
  private Operation match;
  private Operation sum;
  private Claim claim;

  public Scale(Graph graph, Node x, String name) {
    super(x.shape, x.magnitude);
    this.x = x;
    this.factor = graph.parameter(name, 0, 1);
  }

  @Override
  void allocate(int n) {
    super.allocate(n);
    forward = scaled(x.value, value);
  }

  @Override
  void allocateBackward(int n) {
    claim = x.claim(n);
    backward = scaled(gradient, claim.array());
    if (factor.learned()) {
      INDArray product = array(batch(n));
      match = Operation.of("multiply", product, gradient, x.value);
      sum = Operation.of("reduce_sum", factor.gradient.reshape(), product);
    }
  }

  @Override
  void forward() {
    forward.run();
  }

  @Override
  void backward() {
    backward.run();
    claim.written();
    if (factor.learned()) {
      match.run();
      sum.run();
    }
  }

  private Operation scaled(INDArray from, INDArray to) {
    return Operation.of("multiply", to, from, factor.value.reshape());
  }
}
