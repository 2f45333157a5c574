package tweedie.network;

/** trunk + branch, two independent inputs of one shape; nothing else may use the branch. */
final class Sum extends Node {

  private final Node trunk;
  private final Node branch;
  private Operation forward;
  private Operation backward;
  private Claim claim;

  Sum(Node trunk, Node branch) {
    super(trunk.shape, Math.hypot(trunk.magnitude, branch.magnitude));
    this.trunk = trunk;
    this.branch = branch;
  }

  @Override
  void allocate(int n) {
    super.allocate(n);
    forward = Operation.of("add", value, trunk.value, branch.value);
  }

  @Override
  void allocateBackward(int n) {
    branch.share(gradient);
    claim = trunk.claim(n);
    backward = Operation.of("identity", claim.array(), gradient);
  }

  @Override
  void forward() {
    forward.run();
  }

  @Override
  void backward() {
    backward.run();
    claim.written();
  }
}
