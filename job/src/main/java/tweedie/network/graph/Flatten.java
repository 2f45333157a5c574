package tweedie.network.graph;

/** The pixels and channels of an image as one vector, [n, h, w, c] to [n, h w c]. */
public final class Flatten extends Node {

  private final Node x;
  private Claim claim;

  public Flatten(Node x) {
    super(new long[] {x.shape[0] * x.shape[1] * x.shape[2]}, x.magnitude);
    this.x = x;
  }

  @Override
  void allocateBackward(int n) {
    claim = x.claim(n);
  }

  @Override
  void forward() {
    value.assign(x.value.reshape('c', value.shape()));
  }

  @Override
  void backward() {
    claim.array().assign(gradient.reshape('c', claim.array().shape()));
    claim.written();
  }
}
