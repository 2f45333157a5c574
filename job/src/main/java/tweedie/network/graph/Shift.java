package tweedie.network.graph;

/** x + e with one number of e for each channel: [n, .., c] + [n, c]; nothing else may use x. */
public final class Shift extends Node {

  public final Node x;
  public final Node embedding;

  public Shift(Node x, Node embedding) {
    super(x.shape, Math.hypot(x.magnitude, embedding.magnitude), x, embedding);
    this.x = x;
    this.embedding = embedding;
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.shift(this);
  }
}
