package tweedie.network.graph;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The channels of a, then the channels of b. */
public final class Concatenation extends Node {

  private final Node a;
  private final Node b;
  private Operation forward;
  private Operation backward;
  private Claim claimA;
  private Claim claimB;

  public Concatenation(Node a, Node b) {
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
    forward = new Operation("concat", new INDArray[] {a.value, b.value}, new INDArray[] {value}, 3);
  }

  @Override
  void allocateBackward(int n) {
    claimA = a.claim(n);
    claimB = b.claim(n);
    backward =
        new Operation(
            "concat_bp",
            new INDArray[] {a.value, b.value, gradient},
            new INDArray[] {claimA.array(), claimB.array()},
            3);
  }

  @Override
  void forward() {
    forward.run();
  }

  @Override
  void backward() {
    backward.run();
    claimA.written();
    claimB.written();
  }
}
