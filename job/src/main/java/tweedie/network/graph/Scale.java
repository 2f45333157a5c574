package tweedie.network.graph;

/**
 * x times one learned number that starts at 0, so that what it scales begins by changing nothing.
 */
public final class Scale extends Node {

  public final Node x;
  public final Parameter factor;

  public Scale(Graph graph, Node x, String name) {
    super(x.shape, x.magnitude, x);
    this.x = x;
    this.factor = graph.parameter(name, 0, 1);
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.scale(this);
  }
}
