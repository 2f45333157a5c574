package tweedie.network.graph;

/** trunk + branch, two independent inputs of one shape; nothing else may use the branch. */
public final class Sum extends Node {

  public final Node trunk;
  public final Node branch;

  public Sum(Node trunk, Node branch) {
    super(trunk.shape, Math.hypot(trunk.magnitude, branch.magnitude), trunk, branch);
    this.trunk = trunk;
    this.branch = branch;
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.sum(this);
  }
}
