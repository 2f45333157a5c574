package tweedie.network.graph;

/** x sigmoid(x). */
public final class Silu extends Node {

  /** Of x sigmoid(x) for a standard normal x (arXiv 2312.02696, equation 81). */
  public static final double MAGNITUDE = 0.596;

  public final Node x;

  public Silu(Node x) {
    super(x.shape, MAGNITUDE, x);
    this.x = x;
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.silu(this);
  }
}
