package tweedie.network.graph;

import java.util.List;

/**
 * Numbers that come from outside; backward leaves the gradient with respect to them in {@link
 * #gradient}.
 */
public final class GraphInput extends Node {

  public GraphInput(long... shape) {
    super(shape, 1);
  }

  @Override
  List<Operation> computing(int n) {
    return List.of();
  }

  @Override
  List<Operation> propagating(int n) {
    return List.of();
  }
}
