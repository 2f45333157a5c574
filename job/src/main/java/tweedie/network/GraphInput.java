package tweedie.network;

/**
 * Numbers that come from outside; backward leaves the gradient with respect to them in {@link
 * #gradient}.
 */
final class GraphInput extends Node {

  GraphInput(long... shape) {
    super(shape, 1);
  }

  @Override
  void allocateBackward(int n) {}

  @Override
  void forward() {}

  @Override
  void backward() {}
}
