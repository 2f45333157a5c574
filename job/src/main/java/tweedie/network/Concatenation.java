package tweedie.network;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;

/** The channels of a, then the channels of b. */
final class Concatenation extends Node {

  private final Node a;
  private final Node b;
  private CustomOp forward;
  private CustomOp backward;
  private Claim claimA;
  private Claim claimB;

  Concatenation(Node a, Node b) {
    super(
        new long[] {a.shape[0], a.shape[1], a.channels() + b.channels()},
        Math.sqrt(
            (a.channels() * a.magnitude * a.magnitude + b.channels() * b.magnitude * b.magnitude)
                / (a.channels() + b.channels())));
    this.a = a;
    this.b = b;
  }

  @Override
  void allocate(int n) {
    super.allocate(n);
    forward = Ops.op("concat", new INDArray[] {a.value, b.value}, new INDArray[] {value}, 3);
  }

  @Override
  void allocateBackward(int n) {
    claimA = a.claim(n);
    claimB = b.claim(n);
    backward =
        Ops.op(
            "concat_bp",
            new INDArray[] {a.value, b.value, gradient},
            new INDArray[] {claimA.array(), claimB.array()},
            3);
  }

  @Override
  void forward() {
    Ops.run(forward);
  }

  @Override
  void backward() {
    Ops.run(backward);
    claimA.written();
    claimB.written();
  }
}
