package tweedie.network.graph;

/**
 * A matrix product with normalised weights [in, out] and no bias, [n, in] to [n, out]; its output
 * has magnitude {@code gain}.
 */
public final class Dense extends Node {

  public final Node x;
  public final Weights weights;

  public Dense(Graph graph, Node x, String name, long out, double gain) {
    super(new long[] {out}, gain, x);
    this.x = x;
    this.weights = Weights.of(graph, name, gain / x.magnitude, x.channels(), out);
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.dense(this);
  }
}
