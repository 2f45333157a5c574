package tweedie.network.graph;

import java.util.List;

/** The pixels and channels of an image as one vector, [n, h, w, c] to [n, h w c]. */
public final class Flatten extends Node {

  private final Node x;

  public Flatten(Node x) {
    super(new long[] {x.shape[0] * x.shape[1] * x.shape[2]}, x.magnitude);
    this.x = x;
  }

  @Override
  List<Operation> computing(int n) {
    return List.of(Operation.of("identity", value.reshape('c', x.batch(n)), x.value));
  }

  @Override
  List<Operation> propagating(int n) {
    return List.of(Operation.of("identity", gradientOf(x, n), gradient.reshape('c', x.batch(n))));
  }
}
