package tweedie.network.graph;

/** trunk + branch, two independent inputs of one shape; nothing else may use the branch. */
public final class Sum extends Node {

  private final Node trunk;
  private final Node branch;
  private Operation forward;
  private Operation backward;
  private Claim claim;

  public Sum(Node trunk, Node branch) {
    super(trunk.shape, Math.hypot(trunk.magnitude, branch.magnitude));
    this.trunk = trunk;
    this.branch = branch;
  }

  @Override
  void allocate(int n) {
    super.allocate(n);
    forward = Operation.of("add", value, trunk.value, branch.value);
  }

  /**
   * The trunk was there before the branch, so backward the branch has read the gradient by the time
   * that the trunk's other consumers add to it.
   */
  @Override
  void allocateBackward(int n) {
    branch.share(gradient);
    claim = null;
    if (!trunk.share(gradient)) {
      claim = trunk.claim(n);
      backward = Operation.of("identity", claim.array(), gradient);
    }
  }

  @Override
  void forward() {
    forward.run();
  }

  @Override
  void backward() {
    if (claim == null) {
      return;
    }
    backward.run();
    claim.written();
  }
}
