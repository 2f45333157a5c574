package tweedie.network.graph;

/**
 * Numbers that come from outside; backward leaves the gradient with respect to them in {@link
 * #gradient}.
 */
public final class GraphInput extends Node {

  public GraphInput(long... shape) {
    super(shape, 1);
  }

  @Override
  void allocateBackward(int n) {}

  @Override
  void forward() {}

  @Override
  void backward() {}
}
