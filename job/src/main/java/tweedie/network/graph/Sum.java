package tweedie.network.graph;

import java.util.List;

/** trunk + branch, two independent inputs of one shape; nothing else may use the branch. */
public final class Sum extends Node {

  private final Node trunk;
  private final Node branch;

  public Sum(Node trunk, Node branch) {
    super(trunk.shape, Math.hypot(trunk.magnitude, branch.magnitude));
    this.trunk = trunk;
    this.branch = branch;
  }

  @Override
  List<Operation> computing(int n) {
    return List.of(Operation.of("add", value, trunk.value, branch.value));
  }

  /**
   * The trunk was there before the branch, so backward the branch has read the gradient by the time
   * that the trunk's other consumers add to it.
   */
  @Override
  List<Operation> propagating(int n) {
    branch.share(gradient);
    return trunk.share(gradient)
        ? List.of()
        : List.of(Operation.of("identity", gradientOf(trunk, n), gradient));
  }
}
