package tweedie.network.graph;

/** Numbers that come from outside. */
public final class GraphInput extends Node {

  public GraphInput(long... shape) {
    super(shape, 1);
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.input(this);
  }
}
