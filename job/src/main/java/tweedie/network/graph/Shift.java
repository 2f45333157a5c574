package tweedie.network.graph;

import org.nd4j.linalg.api.ndarray.INDArray;

/** x + e with one number of e for each channel: [n, .., c] + [n, c]; nothing else may use x. */
public final class Shift extends Node {

  private final Graph graph;
  private final Node x;
  private final Node embedding;
  private Operation forward;
  private Operation backward;
  private Claim claim;

  public Shift(Graph graph, Node x, Node embedding) {
    super(x.shape, Math.hypot(x.magnitude, embedding.magnitude));
    this.graph = graph;
    this.x = x;
    this.embedding = embedding;
  }

  @Override
  void allocate(int n) {
    super.allocate(n);
    long[] broadcast = batch(n);
    for (int i = 1; i < broadcast.length - 1; i++) {
      broadcast[i] = 1;
    }
    INDArray perChannel = embedding.value.reshape('c', broadcast);
    forward = new Operation("add", new INDArray[] {x.value, perChannel}, new INDArray[] {value});
  }

  @Override
  void allocateBackward(int n) {
    x.share(gradient);
    claim = null;
    if (!graph.learns()) { // what stands behind the embedding does not depend on the images
      return;
    }
    claim = embedding.claim(n);
    if (shape.length == 1) {
      backward = Operation.of("identity", claim.array(), gradient);
    } else {
      backward =
          new Operation(
              "reduce_sum", new INDArray[] {gradient}, new INDArray[] {claim.array()}, 1, 2);
    }
  }

  @Override
  void forward() {
    forward.run();
  }

  @Override
  void backward() {
    if (claim == null) {
      return;
    }
    backward.run();
    claim.written();
  }
}
