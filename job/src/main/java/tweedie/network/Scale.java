package tweedie.network;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * x times one learned number that starts at 0, so that what it scales begins by changing nothing.
 */
final class Scale extends Node {

  private final Node x;
  private final Parameter factor;
  private INDArray product;
  private Claim claim;

  Scale(Graph graph, Node x, String name) {
    super(x.shape, x.magnitude);
    this.x = x;
    this.factor = graph.parameter(name, 0, 1);
  }

  @Override
  void allocateBackward(int n) {
    claim = x.claim(n);
    if (factor.learned()) {
      product = array(batch(n));
    }
  }

  @Override
  void forward() {
    x.value.muli(factor.value.getFloat(0), value);
  }

  @Override
  void backward() {
    gradient.muli(factor.value.getFloat(0), claim.array());
    claim.written();
    if (factor.learned()) {
      gradient.muli(x.value, product);
      factor.gradient.putScalar(0, product.sumNumber().doubleValue());
    }
  }
}
