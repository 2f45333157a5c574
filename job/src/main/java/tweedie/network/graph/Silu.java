package tweedie.network.graph;

/** x sigmoid(x); its magnitude for a standard normal x is 0.596 (arXiv 2312.02696, equation 81). */
public final class Silu extends Node {

  public final Node x;

  public Silu(Node x) {
    super(x.shape, 0.596, x);
    this.x = x;
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.silu(this);
  }
}
