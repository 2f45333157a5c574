package tweedie.network;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** x sigmoid(x); its magnitude for a standard normal x is 0.596 (arXiv 2312.02696, equation 81). */
final class Silu extends Node {

  private final Node x;
  private INDArray sigmoid;
  private List<Operation> forward;
  private List<Operation> backward;
  private Claim claim;

  Silu(Node x) {
    super(x.shape, 0.596);
    this.x = x;
  }

  @Override
  void allocate(int n) {
    super.allocate(n);
    sigmoid = array(batch(n));
    forward =
        List.of(
            Operation.of("sigmoid", sigmoid, x.value),
            Operation.of("multiply", value, x.value, sigmoid));
  }

  /** The derivative is sigmoid (1 - value) + value. */
  @Override
  void allocateBackward(int n) {
    claim = x.claim(n);
    INDArray derivative = claim.array();
    backward =
        List.of(
            Operation.of("multiply", derivative, sigmoid, value),
            Operation.of("subtract", derivative, sigmoid, derivative),
            Operation.of("add", derivative, derivative, value),
            Operation.of("multiply", derivative, derivative, gradient));
  }

  @Override
  void forward() {
    forward.forEach(Operation::run);
  }

  @Override
  void backward() {
    backward.forEach(Operation::run);
    claim.written();
  }
}
