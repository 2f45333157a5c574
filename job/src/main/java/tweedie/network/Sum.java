package tweedie.network;

/** trunk + branch, two independent inputs of one shape; nothing else may use the branch. */
final class Sum extends Node {

  private final Node trunk;
  private final Node branch;
  private Claim claim;

  Sum(Node trunk, Node branch) {
    super(trunk.shape, Math.hypot(trunk.magnitude, branch.magnitude));
    this.trunk = trunk;
    this.branch = branch;
  }

  @Override
  void allocateBackward(int n) {
    branch.share(gradient);
    claim = trunk.claim(n);
  }

  @Override
  void forward() {
    trunk.value.addi(branch.value, value);
  }

  @Override
  void backward() {
    claim.array().assign(gradient);
    claim.written();
  }
}
