package tweedie.network.graph;

/** Numbers that come from outside. */
public final class GraphInput extends Node {

  /** Numbers whose root mean square is 1. */
  public GraphInput(long... shape) {
    this(1, shape);
  }

  private GraphInput(double magnitude, long[] shape) {
    super(shape, magnitude);
  }

  /** Numbers with another root mean square. */
  public static GraphInput ofMagnitude(double magnitude, long... shape) {
    return new GraphInput(magnitude, shape);
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.input(this);
  }
}
