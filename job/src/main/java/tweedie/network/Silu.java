package tweedie.network;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.factory.Nd4j;

/** x sigmoid(x); its magnitude for a standard normal x is 0.596 (arXiv 2312.02696, equation 81). */
final class Silu extends Node {

  private final Node x;
  private INDArray sigmoid;
  private Claim claim;

  Silu(Node x) {
    super(x.shape, 0.596);
    this.x = x;
  }

  @Override
  void allocate(int n) {
    super.allocate(n);
    sigmoid = array(batch(n));
  }

  @Override
  void allocateBackward(int n) {
    claim = x.claim(n);
  }

  @Override
  void forward() {
    Nd4j.getExecutioner().exec(new Sigmoid(x.value, sigmoid));
    x.value.muli(sigmoid, value);
  }

  /** The derivative is sigmoid (1 - value) + value. */
  @Override
  void backward() {
    INDArray derivative = claim.array();
    sigmoid.muli(value, derivative);
    sigmoid.subi(derivative, derivative);
    derivative.addi(value);
    derivative.muli(gradient);
    claim.written();
  }
}
