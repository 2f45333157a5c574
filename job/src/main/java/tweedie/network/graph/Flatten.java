package tweedie.network.graph;

/** The pixels and channels of an image as one vector, [n, h, w, c] to [n, h w c]. */
public final class Flatten extends Node {

  public final Node x;

  public Flatten(Node x) {
    super(new long[] {x.length()}, x.magnitude, x);
    this.x = x;
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.flatten(this);
  }
}
