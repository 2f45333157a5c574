package tweedie.network.graph;

/** The channels of a, then the channels of b. */
public final class Concatenation extends Node {

  public final Node a;
  public final Node b;

  public Concatenation(Node a, Node b) {
    super(
        new long[] {a.shape[0], a.shape[1], a.channels() + b.channels()},
        Math.sqrt(
            (a.channels() * a.magnitude * a.magnitude + b.channels() * b.magnitude * b.magnitude)
                / (a.channels() + b.channels())),
        a,
        b);
    this.a = a;
    this.b = b;
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.concatenation(this);
  }
}
